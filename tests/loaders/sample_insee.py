"""Small files of the published shape of those of Insee."""

from __future__ import annotations

from .sample_files import melodi, zipped

MELODI_LABELS = (
    '"COD_VAR";"LIB_VAR";"COD_MOD";"LIB_MOD"\n"GEO";"Géographie";"01001";"L\'Abergement"\n'
)

POPULATIONS = melodi(
    "DS_POPULATIONS_REFERENCE_2023",
    '"GEO";"GEO_OBJECT";"FREQ";"POPREF_MEASURE";"TIME_PERIOD";"OBS_VALUE"\n'
    '"01001";"COM";"A";"PMUN";"2023";860\n"01001";"COM";"A";"PCAP";"2023";16\n'
    '"01001";"COM";"A";"PTOT";"2023";876\n"59350";"COM";"A";"PMUN";"2023";238246\n'
    '"59350";"COM";"A";"PCAP";"2023";3000\n"59350";"COM";"A";"PTOT";"2023";241246\n'
    '"01";"DEP";"A";"PMUN";"2023";683000\n',
    MELODI_LABELS
    + '"POPREF_MEASURE";"Population";"PMUN";"Population municipale"\n'
    + '"POPREF_MEASURE";"Population";"PCAP";"Population comptée à part"\n'
    + '"POPREF_MEASURE";"Population";"PTOT";"Population totale"\n',
)
SERIES = melodi(
    "DS_RP_SERIE_HISTORIQUE_2023",
    '"GEO";"GEO_OBJECT";"OCS";"RP_MEASURE";"TIME_PERIOD";"OBS_VALUE"\n'
    '"01001";"COM";"_T";"DWELLINGS";"2017";355.5\n"01001";"COM";"DW_MAIN";"DWELLINGS";"2017";330\n'
    '"01001";"COM";"_T";"DWELLINGS";"2023";371\n"01001";"COM";"DW_MAIN";"DWELLINGS";"2023";345\n'
    '"01001";"COM";"_Z";"POP";"2017";800\n"01001";"COM";"_Z";"POP";"2023";860\n',
    MELODI_LABELS
    + '"RP_MEASURE";"Mesure";"DWELLINGS";"Nombre de logements"\n'
    + '"RP_MEASURE";"Mesure";"POP";"Population"\n'
    + '"OCS";"Catégorie de logement";"_T";"Total"\n'
    + '"OCS";"Catégorie de logement";"DW_MAIN";"Résidences principales"\n',
)
HOUSING = melodi(
    "DS_RP_LOGEMENT_PRINC_2023",
    '"GEO";"GEO_OBJECT";"L_STAY";"TDW";"RP_MEASURE";"OBS_STATUS";"TIME_PERIOD";"OBS_VALUE"\n'
    '"01001";"COM";"_T";"1";"DWELLINGS";"A";"2023";300.5\n'
    '"01001";"COM";"_T";"2";"DWELLINGS";"E";"2023";40\n',
    MELODI_LABELS
    + '"RP_MEASURE";"Mesure";"DWELLINGS";"Nombre de logements"\n'
    + '"TDW";"Type de logement";"1";"Maison"\n"TDW";"Type de logement";"2";"Appartement"\n',
)
FILOSOFI = melodi(
    "DS_FILOSOFI_CC_2021",
    "GEO;GEO_OBJECT;FILOSOFI_MEASURE;UNIT_MEASURE;UNIT_MULT;CONF_STATUS;OBS_STATUS;TIME_PERIOD;"
    "OBS_VALUE\n"
    "01001;COM;MED_SL;EUR_YR;0;F;A;2021;25540\n01001;COM;PR_MD60;PT;0;C;A;2021;\n"
    "59350;COM;MED_SL;EUR_YR;0;F;A;2021;20350\n59350;COM;PR_MD60;PT;0;F;A;2021;26.4\n"
    "59350;COM;NB_HH;HH;3;F;A;2021;101.2\n01001;COM;NB_HH;HH;3;F;L;2021;\n",
    MELODI_LABELS
    + '"FILOSOFI_MEASURE";"Indicateur";"MED_SL";"Médiane du niveau de vie"\n'
    + '"FILOSOFI_MEASURE";"Indicateur";"PR_MD60";"Taux de pauvreté à 60 % de la médiane"\n'
    + '"FILOSOFI_MEASURE";"Indicateur";"NB_HH";"Nombre de ménages fiscaux"\n',
)
BPE = melodi(
    "DS_BPE_2024",
    '"GEO";"GEO_OBJECT";"FACILITY_DOM";"FACILITY_SDOM";"FACILITY_TYPE";"BPE_MEASURE";"TIME_PERIOD"'
    ';"OBS_VALUE"\n'
    '"01001";"COM";"A";"A1";"A101";"FACILITIES";2024;1\n'
    '"01001";"COM";"A";"A1";"_T";"FACILITIES";2024;1\n'
    '"01001";"COM";"_T";"_T";"_T";"FACILITIES";2024;1\n'
    '"59350";"COM";"A";"A1";"A104";"FACILITIES";2024;2\n'
    '"59350";"COM";"_T";"_T";"_T";"FACILITIES";2024;2\n',
    MELODI_LABELS
    + '"FACILITY_TYPE";"Type";"A101";"Police"\n"FACILITY_TYPE";"Type";"A104";"Gendarmerie"\n'
    + '"FACILITY_SDOM";"Sous-domaine";"A1";"Services publics"\n'
    + '"BPE_MEASURE";"Mesure";"FACILITIES";"Nombre d\'équipements"\n',
)
META = "COD_VAR;LIB_VAR;LIB_VAR_LONG;COD_MOD;LIB_MOD;TYPE_VAR;LONG_VAR\n"
CENSUS = zipped(
    {
        "base-cc-evol-struct-pop-2021.CSV": "CODGEO;P21_POP;P15_POP;C21_POP15P_CS1;NAISD1521\n"
        "01001;832;771.5;10;40\n13055;873076;861635;50;70000\n13201;39000;39500;5;3000\n",
        "meta_base-cc-evol-struct-pop-2021.CSV": META
        + "CODGEO;Code géographique;Code du département suivi du numéro de commune;01001;"
        "L'Abergement;CHAR;5\n"
        "P21_POP;Pop en 2021 (princ);Population en 2021;;;NUM;14\n"
        "P15_POP;Pop en 2015 (princ);Population en 2015;;;NUM;14\n"
        "C21_POP15P_CS1;Agri;Nombre d'agriculteurs exploitants de 15 ans ou plus;;;NUM;14\n"
        "NAISD1521;Nais;Nombre de naissances entre 2015 et 2021;;;NUM;14\n",
    }
)
IRIS = zipped(
    {
        "base-ic-evol-struct-pop-2021.CSV": "IRIS;COM;TYP_IRIS;LAB_IRIS;P21_POP;P21_POP0002\n"
        "010010000;01001;Z;5;832;20.5\n593500101;59350;H;1;2500;60\n",
        "meta_base-ic-evol-struct-pop-2021.CSV": META
        + "IRIS;IRIS;Code de l'IRIS;;;CHAR;9\nCOM;Commune;Commune ou ARM;;;CHAR;5\n"
        "TYP_IRIS;Type;Type d'IRIS;H;IRIS d'habitat;CHAR;1\n"
        "TYP_IRIS;Type;Type d'IRIS;Z;Commune non découpée;CHAR;1\n"
        "LAB_IRIS;Label;Label de qualité de l'IRIS;;;CHAR;1\n"
        "P21_POP;Pop en 2021 (princ);Population en 2021;;;NUM;15\n"
        "P21_POP0002;Pop 0-2 ans;Nombre de personnes de 0 à 2 ans;;;NUM;15\n",
    }
)
FILOSOFI_WIDE = zipped(
    {
        "cc_filosofi_2021_COM.csv": "CODGEO;NBMENFISC21;NBPERSMENFISC21;MED21;TP6021;RD21\n"
        "01001;330;820,5;25540;ns;s\n01002;s;s;s;nd;s\n59350;101200;220000;20350;26,4;4,1\n",
        "cc_filosofi_2021_DEP.csv": "CODGEO;NBMENFISC21;MED21\n59;1000000;20350\n",
        "meta_cc_filosofi_2021_COM.csv": META
        + "NBMENFISC21;Nb men;Nombre de ménages fiscaux;;;NUM;8\n"
        "NBPERSMENFISC21;Nb pers;Nombre de personnes dans les ménages fiscaux;;;NUM;8\n"
        "MED21;Médiane;Médiane du niveau de vie (en euros);;;NUM;8\n"
        "TP6021;Taux;Taux de pauvreté au seuil de 60 % (en %);;;NUM;8\n"
        "RD21;Rapport;Rapport interdécile D9/D1;;;NUM;8\n",
    }
)
BPE_WIDE = zipped(
    {
        "bpe21_ensemble.csv": "REG;DEP;DEPCOM;DCIRIS;AN;TYPEQU;NB_EQUIP\n"
        "84;01;01001;01001;2021;A206;1\n32;59;59350;59350_0101;2021;A203;2\n"
        "32;59;59350;59350_0102;2021;A203;3\n",
        "varmod_bpe21_ensemble.csv": META
        + "DEPCOM;Commune;Département et commune;;;CHAR;5\nAN;Année;Année;;;NUM;4\n"
        "TYPEQU;Type;Type d'équipement;A203;Banque;CHAR;4\n"
        "TYPEQU;Type;Type d'équipement;A206;Bureau de poste;CHAR;4\n"
        "NB_EQUIP;Nombre;Nombre d'équipements;;;NUM;5\n",
    }
)
LEGAL = (
    "REG;Région;DEP;CODARR;CODCAN;CODCOM;COM;Commune;PMUN;PCAP;PTOT\n"
    "84;Auvergne-Rhône-Alpes;01;2;08;001;01001;L'Abergement-Clémenciat;860;16;876\n"
    "84;Auvergne-Rhône-Alpes;01;1;01;002;01002;L'Abergement-de-Varey;270;6;276\n"
).encode()
COG = (
    "TYPECOM,COM,REG,DEP,CTCD,ARR,TNCC,NCC,NCCENR,LIBELLE,CAN,COMPARENT\n"
    "COM,01001,84,01,01D,012,5,ABERGEMENT CLEMENCIAT,Abergement-Clémenciat,"
    "L'Abergement-Clémenciat,0108,\n"
    "COMD,01015,,,,,1,ARBIGNIEU,Arbignieu,Arbignieu,,01015\n"
).encode()
