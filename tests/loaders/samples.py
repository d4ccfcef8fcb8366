"""A small file of the published shape of each source, and what must come out of it.

Headings, signs and nesting are those of the producers; figures and names are made up, or are those
of a territory as anyone may check.
"""

from __future__ import annotations

import gzip
import io
import json
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import xarray as xr

from .test_gbfs import STATIONS, STATUS, feed
from .test_gtfs import FILES as GTFS
from .test_sdmx import SPECIFIC as SDMX


@dataclass(frozen=True)
class Sample:
    """Hold a file and what must come out of it.

    Parameters
    ----------
    body : bytes
        Of the file, or of the first page.
    name : str
        End of its URL, where the source has none.
    options : mapping
        Those that a user gives.
    row : mapping
        Cells of the first row, of a table.
    units : mapping
        Of columns or of variables.
    codes : tuple of str
        Columns that are texts, whatever their digits.
    cube : mapping
        Of a cube: figures of its first territory and period, by variable.
    dims : tuple of str
    rows : int
    beside : mapping
        Other files of the server, by path.
    """

    body: bytes
    name: str = "file.csv"
    options: Mapping[str, Any] = field(default_factory=dict)
    row: Mapping[str, Any] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    cube: Mapping[str, float] = field(default_factory=dict)
    dims: tuple[str, ...] = ()
    rows: int = 2
    beside: Mapping[str, bytes] = field(default_factory=dict)
    status: int = 200


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """Make a zip."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def parquet(table: pa.Table) -> bytes:
    """Write a table."""
    made = io.BytesIO()
    pq.write_table(table, made)
    return made.getvalue()


def gzipped(text: str) -> bytes:
    """Pack a text."""
    return gzip.compress(text.encode(), mtime=0)


def as_json(found: Any) -> bytes:
    """Write JSON."""
    return json.dumps(found, ensure_ascii=False).encode()


def melodi(name: str, data: str, metadata: str) -> bytes:
    """Make what Melodi gives of a data set."""
    return zipped({f"{name}_data.csv": data, f"{name}_metadata.csv": metadata})


def grid() -> bytes:
    """Make a netCDF file."""
    times = np.array(["2024-01-01", "2024-01-02"], dtype="datetime64[ns]")
    rain = xr.DataArray(
        np.ones((2, 2, 2)),
        {"time": times, "lat": ("lat", [50.0, 50.5]), "lon": ("lon", [3.0, 3.5])},
        ("time", "lat", "lon"),
        attrs={"units": "mm", "long_name": "rain"},
    )
    rain["lat"].attrs["units"], rain["lon"].attrs["units"] = "degrees_north", "degrees_east"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rain.nc")
        rain.to_dataset(name="rr").to_netcdf(path, engine="netcdf4")
        return path.read_bytes()


def layer() -> bytes:
    """Make a GeoPackage."""
    import pyogrio
    import shapely

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "areas.gpkg")
        square = shapely.to_wkb(shapely.box(3.0, 50.6, 3.1, 50.7))
        table = pa.table({"code_insee": ["59350"], "geom": [square]})
        pyogrio.write_arrow(
            table, path, geometry_name="geom", geometry_type="Polygon", crs="EPSG:4326"
        )
        return path.read_bytes()


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
OBSERVATIONS = as_json(
    {
        "identifier": "DS_RP_SERIE_HISTORIQUE",
        "paging": {"count": 2, "next": None},
        "observations": [
            {
                "dimensions": {"GEO": "2025-COM-59350", "RP_MEASURE": "POP", "TIME_PERIOD": year},
                "attributes": {"OBS_STATUS": "A", "CONF_STATUS": conf},
                "measures": {"OBS_VALUE_NIVEAU": {"value": value} if value else {}},
            }
            for year, value, conf in (("2017", 232787.0, "F"), ("2023", None, "C"))
        ],
    }
)
CONTRACT = {
    "id": "2024M0001",
    "acheteur": {"id": "21590350100017"},
    "nature": "Marché",
    "objet": "Fourniture d'arbres",
    "codeCPV": "03452000-3",
    "techniques": {"technique": ["Accord-cadre"]},
    "modalitesExecution": {"modaliteExecution": ["Bons de commande"]},
    "procedure": "Procédure adaptée",
    "lieuExecution": {"code": "59350", "typeCode": "Code commune"},
    "dureeMois": 12,
    "dateNotification": "2024-04-01",
    "datePublicationDonnees": "2024-04-20",
    "montant": 50754.5,
    "offresRecues": 3,
    "formePrix": "Unitaire",
    "typesPrix": {"typePrix": ["Définitif révisable"]},
    "considerationsSociales": {"considerationSociale": ["Clause sociale"]},
    "sousTraitanceDeclaree": False,
    "titulaires": [
        {"titulaire": {"typeIdentifiant": "SIRET", "id": "05280031700013"}},
        {"titulaire": {"typeIdentifiant": "SIRET", "id": "31483054800140"}},
    ],
    "modifications": [
        {
            "modification": {
                "id": 1,
                "dateNotificationModification": "2024-09-01",
                "montant": 60000,
                "dureeMois": 18,
            }
        }
    ],
}
DECP_JSON = as_json({"marches": {"marche": [CONTRACT], "contrat-concession": []}})
DECP = parquet(
    pa.table(
        {
            "uid": ["215903501000172024M0001"] * 2,
            "id": ["2024M0001"] * 2,
            "acheteur_id": ["21590350100017"] * 2,
            "titulaire_id": ["05280031700013", "31483054800140"],
            "titulaire_typeIdentifiant": ["SIRET"] * 2,
            "objet": ["Fourniture d'arbres"] * 2,
            "montant": [50754.5] * 2,
            "codeCPV": ["03452000"] * 2,
            "dureeMois": pa.array([12, 12], pa.int16()),
            "dateNotification": ["2024-04-01"] * 2,
            "lieuExecution_code": ["01"] * 2,
            "donneesActuelles": [True] * 2,
        }
    )
)
DVF = (
    "id_mutation,date_mutation,numero_disposition,nature_mutation,valeur_fonciere,adresse_numero,"
    "adresse_suffixe,adresse_nom_voie,adresse_code_voie,code_postal,code_commune,nom_commune,"
    "code_departement,id_parcelle,nombre_lots,code_type_local,type_local,surface_reelle_bati,"
    "nombre_pieces_principales,surface_terrain,longitude,latitude\n"
    "2024-1,2024-07-01,000001,Vente,231234.16,12,B,RUE DES LILAS,0064,01560,01367,Saint-Julien,01,"
    "013670000A0008,0,1,Maison,92,4,1192,5.109255,46.403019\n"
    "2024-1,2024-07-01,000001,Vente,231234.16,,,SAINT JULIEN,B064,01560,01367,Saint-Julien,01,"
    "013670000A0009,0,,,,,350,5.109255,46.403019\n"
)
GRANTS = (
    "nomAttribuant,idAttribuant,dateConvention,referenceDecision,nomBeneficiaire,idBeneficiaire,"
    "rnaBeneficiaire,objet,montant,nature,conditionsVersement,datesPeriodeVersement,idRAE,"
    "notificationUE,pourcentageSubvention\n"
    "Ville,01060004500392,2023-07-07,D 12,Comité des œuvres,05249912050001,W333216789,"
    "Fonctionnement,99786.57,aide en numéraire,échelonné,2023-03-30/2023-05-24,,non,0.05\n"
    "Ville,01060004500392,2023-07-07,D 13,Chorale,52499120500021,,Concert,1200,"
    "aide en numéraire,unique,2023-03-30,,non,1\n"
).encode()
DELIBERATIONS = (
    "COLL_NOM;COLL_SIRET;DELIB_ID;DELIB_DATE;DELIB_MATIERE_CODE;DELIB_MATIERE_NOM;DELIB_OBJET;"
    "BUDGET_ANNEE;BUDGET_NOM;PREF_ID;PREF_DATE;VOTE_EFFECTIF;VOTE_REEL;VOTE_POUR;VOTE_CONTRE;"
    "VOTE_ABSTENTION;DELIB_URL\n"
    "Bourg;01010053000017;0012;2023-10-15;8.4;Aménagement;Plan vélo;2023;Principal;PREF001;"
    "2023-10-20;43;40;25;10;5;https://example.org/d/1.pdf\n"
    "Bourg;01010053000017;0013;15/10/2023;7.10;Finances;Subvention;2023;Principal;PREF001;"
    "2023-10-20;43;40;40;0;0;\n"
).encode()
BAN = gzipped(
    "id;id_fantoir;numero;rep;nom_voie;code_postal;code_insee;nom_commune;code_insee_ancienne_"
    "commune;nom_ancienne_commune;x;y;lon;lat;type_position;alias;nom_ld;libelle_acheminement;"
    "nom_afnor;source_position;source_nom_voie;certification_commune;cad_parcelles\n"
    "01001_a7q1zt_00165;01001_A7Q1ZT;165;;Route de Châtillon;01400;01001;L'Abergement;;;848317.33;"
    "6563353.33;4.930145;46.146553;entrée;;;L ABERGEMENT;ROUTE DE CHATILLON;commune;commune;1;\n"
    "01001_a7q1zt_00012;01001_A7Q1ZT;12;bis;Route de Châtillon;01400;01001;L'Abergement;;;848300;"
    "6563300;4.93;46.14;entrée;;;L ABERGEMENT;ROUTE DE CHATILLON;commune;commune;0;\n"
)
BAL = (
    "\ufeffcle_interop;commune_insee;commune_nom;voie_nom;numero;suffixe;position;x;y;long;lat;"
    "cad_parcelles;source;date_der_maj;certification_commune\n"
    "01001_a7q1zt_00165;01001;L'Abergement;Route de Châtillon;165;;entrée;848317.33;6563353.33;"
    "4.930145;46.146553;;commune;2023-11-09;1\n"
    "01001_a7q1zt_00012;01001;L'Abergement;Route de Châtillon;12;bis;entrée;848300;6563300;4.93;"
    "46.14;;commune;2023-11-09;0\n"
).encode()
WEATHER = gzipped(
    "NUM_POSTE;NOM_USUEL;LAT;LON;ALTI;AAAAMMJJ;RR;QRR;TN;QTN;HTN;QHTN;TX;QTX;TM;QTM;FFM;"
    "QFFM;FXY;QFXY\n"
    " 01014002;ARBENT;46.278167;5.669000;534;20250101;0.2;1;-4.5;1;0612;9;3.1;1;0.5;1;2.2;1;5.1;1\n"
    " 01014002;ARBENT;46.278167;5.669000;534;20250102;;;-2;1;0530;9;;;;;1.9;1;4;1\n"
)
HOURLY = gzipped(
    "NUM_POSTE;NOM_USUEL;LAT;LON;ALTI;AAAAMMJJHH;RR1;QRR1;FF;QFF;DD;QDD;T;QT;U;QU\n"
    "01014002;ARBENT;46.278167;5.669000;534;2025010100;0.0;1;2.1;1;250;1;-3.5;1;92;1\n"
    "01014002;ARBENT;46.278167;5.669000;534;2025010101;;;1.5;9;260;9;-3.9;1;93;1\n"
)
AIR = (
    "Date de début;Date de fin;Organisme;code zas;Zas;code site;nom site;type d'implantation;"
    "Polluant;type d'influence;discriminant;Réglementaire;type d'évaluation;procédure de mesure;"
    "type de valeur;valeur;valeur brute;unité de mesure;taux de saisie;couverture temporelle;"
    "couverture de données;code qualité;validité\n"
    "2025/10/22 00:00:00;2025/10/22 01:00:00;ATMO GRAND EST;FR44ZAG02;ZAG METZ;FR01011;"
    "Metz-Centre;Urbaine;NO;Fond;A;Oui;mesures fixes;Auto NO;moyenne horaire validée;1.1;1.125;"
    "µg-m3;;;;A;1\n"
    "2025/10/22 01:00:00;2025/10/22 02:00:00;ATMO GRAND EST;FR44ZAG02;ZAG METZ;FR01011;"
    "Metz-Centre;Urbaine;NO;Fond;A;Oui;mesures fixes;Auto NO;moyenne horaire validée;;;"
    "µg-m3;;;;N;-1\n"
).encode()
WATER = as_json(
    {
        "count": 2,
        "first": None,
        "next": None,
        "api_version": "1.1.0",
        "data": [
            {
                "code_departement": "01",
                "code_commune": "01001",
                "nom_commune": "L'ABERGEMENT",
                "code_parametre": "1340",
                "libelle_parametre": "Nitrates (en NO3)",
                "resultat_alphanumerique": text,
                "resultat_numerique": value,
                "libelle_unite": "mg/L",
                "date_prelevement": "2025-03-04T09:30:00Z",
                "reseaux": [{"code": "001000123", "nom": "BOURG"}],
            }
            for text, value in (("12,5", 12.5), ("<0,5", 0.0))
        ],
    }
)
GAUGES = as_json(
    {
        "count": 2,
        "next": None,
        "data": [
            {
                "code_bss": code,
                "bss_id": "BSS001REWW",
                "code_commune_insee": "01053",
                "codes_masse_eau_edl": ["DG240"],
                "x": 5.2,
                "y": 46.2,
                "altitude_station": "251.5",
                "date_debut_mesure": "1985-01-01",
            }
            for code in ("06512X0037/STREMY", "06512X0038/F")
        ],
    }
)
LEVELS = as_json(
    {
        "count": 2,
        "next": None,
        "data": [
            {
                "code_bss": "06512X0037/STREMY",
                "date_mesure": f"2025-01-0{day}",
                "timestamp_mesure": 1735689600000,
                "niveau_nappe_eau": 220.5,
                "mode_obtention": "Valeur mesurée",
                "qualification": "Correcte",
                "profondeur_nappe": 12.25,
            }
            for day in (1, 2)
        ],
    }
)
COG = (
    "TYPECOM,COM,REG,DEP,CTCD,ARR,TNCC,NCC,NCCENR,LIBELLE,CAN,COMPARENT\n"
    "COM,01001,84,01,01D,012,5,ABERGEMENT CLEMENCIAT,Abergement-Clémenciat,"
    "L'Abergement-Clémenciat,0108,\n"
    "COMD,01015,,,,,1,ARBIGNIEU,Arbignieu,Arbignieu,,01015\n"
).encode()
TREES = {"code_insee": "01001", "genre": "Acer", "hauteur": 12.5, "annee": 1998}
TREES_CSV = (
    "\ufeffcode_insee;genre;hauteur;geo_point_2d\n01001;Acer;12.5;46.15, 4.92\n01001;Tilia;;\n"
)
POINT = {"type": "Point", "coordinates": [4.92, 46.15]}
COLLECTION = as_json(
    {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": POINT, "properties": TREES},
            {"type": "Feature", "geometry": None, "properties": {**TREES, "genre": "Tilia"}},
        ],
    }
)
CYCLING = as_json(
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "LineString", "coordinates": [[4.92, 46.15], [4.93, 46.16]]},
                "properties": {
                    "id_local": "0001",
                    "code_com_d": "01001",
                    "ame_d": "PISTE CYCLABLE",
                    "sens_d": "UNIDIRECTIONNEL",
                    "code_com_g": "01001",
                    "ame_g": "AUCUN",
                    "date_maj": "2024-01-31",
                },
            }
        ],
    }
)
ENTITIES = as_json(
    [
        {
            "id": "urn:ngsi-ld:AirQualityObserved:01:001",
            "type": "AirQualityObserved",
            "no2": {
                "type": "Property",
                "value": 22,
                "unitCode": "GQ",
                "observedAt": "2024-03-01T10:00:00Z",
            },
            "location": {"type": "GeoProperty", "value": POINT},
        }
    ]
)
SENSORS = "capteur,horodatage,temperature\n007,2024-01-01 00:00,3.5\n007,2024-01-01 01:00,3.25\n"
CHARGE = (
    b"nom_amenageur,siren_amenageur,contact_amenageur,nom_operateur,telephone_operateur,"
    b"id_station_itinerance,nom_station,code_insee_commune,coordonneesXY,nbre_pdc,"
    b"id_pdc_itinerance,puissance_nominale,prise_type_2,gratuit,num_pdl,date_mise_en_service,"
    b"date_maj\n"
    b'Ville,013002526,contact@example.org,Ville,0474000000,FR001P01,Gare,01053,"[5.2,46.2]",2,'
    b"FR001E011,22,true,false,01234567890123,2020-01-14,2024-04-05\n"
    b'Ville,013002526,contact@example.org,Ville,0474000000,FR001P01,Gare,01053,"[5.2,46.2]",2,'
    b"FR001E012,7.4,true,false,01234567890123,2020-01-14,2024-04-05\n"
)
PARKING = (
    b"id,nom,insee,adresse,url,type_usagers,gratuit,nb_places,nb_pr,nb_pmr,"
    b"nb_voitures_electriques,nb_velo,hauteur_max,num_siret,Xlong,Ylat,tarif_1h,tarif_24h,info\n"
    b"01053-P-001,GARE,01053,Place de la Gare,,tous,false,325,250,6,10,25,190,01010053000017,"
    b"5.2145,46.2002,1.5,12.5,\n"
    b"01053-P-002,MAIRIE,01053,Place,,tous,true,50,50,2,0,0,N/A,01010053000017,5.22,46.2,0,0,\n"
)
COUNTS = (
    b"channel_id,channel_provider_id,site_provider_id,site_id,mobility_type,counter_type,direction,"
    b"temporality,started_at,ended_at,last_updated_at,time_step\n"
    b'0353226361,,,0300014141,"BIKE,PEDESTRIAN",PIEZOELECTRIC SENSOR,SW,PERMANENT,'
    b"2020-06-22T10:00:00Z,2021-06-22T10:00:00Z,2021-06-22T09:00:00Z,900\n"
    b"0353226362,,,0300014141,BIKE,PIEZOELECTRIC SENSOR,NE,PERMANENT,2010-07-13T00:00:00+0200,,"
    b"2021-09-16T04:00:00+0200,3600\n"
)


SAMPLES: Mapping[str, Sample] = {
    "decp": Sample(
        DECP,
        row={"acheteur_id": "21590350100017", "titulaire_id": "05280031700013", "montant": 50754.5},
        units={"montant": "EUR", "dureeMois": "month"},
        codes=("uid", "acheteur_id", "titulaire_id", "codeCPV", "lieuExecution_code"),
    ),
    "decp_json": Sample(
        DECP_JSON,
        "decp.json",
        row={
            "uid": "215903501000172024M0001",
            "montant": 50754.5,
            "holders": 2,
            "holder_ids": "05280031700013 31483054800140",
            "techniques": "Accord-cadre",
        },
        units={"montant": "EUR"},
        codes=("acheteur.id", "lieuExecution.code", "codeCPV"),
        rows=1,
    ),
    "scdl_grants": Sample(
        GRANTS,
        row={"idAttribuant": "01060004500392", "montant": 99786.57},
        units={"montant": "EUR"},
        codes=("idAttribuant", "idBeneficiaire"),
    ),
    "scdl_deliberations": Sample(
        DELIBERATIONS,
        row={"COLL_SIRET": "01010053000017", "DELIB_ID": "0012", "VOTE_POUR": 25},
        units={"VOTE_POUR": "count"},
        codes=("COLL_SIRET", "DELIB_ID", "DELIB_MATIERE_CODE"),
    ),
    "dvf": Sample(
        DVF.encode(),
        row={"code_commune": "01367", "valeur_fonciere": 231234.16, "surface_terrain": 1192.0},
        units={"valeur_fonciere": "EUR", "surface_terrain": "m2"},
        codes=("code_commune", "code_postal", "numero_disposition", "code_departement"),
    ),
    "dvf_year": Sample(
        gzipped(DVF),
        row={"code_commune": "01367"},
        units={"valeur_fonciere": "EUR"},
        codes=("code_commune", "id_parcelle"),
    ),
    "addresses": Sample(
        BAN,
        row={"code_insee": "01001", "code_postal": "01400", "lon": 4.930145},
        units={"lat": "degrees_north"},
        codes=("code_insee", "code_postal", "id"),
    ),
    "local_addresses": Sample(
        BAL,
        row={"commune_insee": "01001", "numero": "165", "x": 848317.33},
        units={"long": "degrees_east"},
        codes=("cle_interop", "commune_insee", "numero", "certification_commune"),
    ),
    "hubeau_drinking_water": Sample(
        WATER,
        row={"code_commune": "01001", "resultat_numerique": 12.5, "code_parametre": "1340"},
        codes=("code_commune", "code_parametre", "code_departement"),
        status=206,
    ),
    "hubeau_groundwater_stations": Sample(
        GAUGES,
        row={"code_bss": "06512X0037/STREMY", "code_commune_insee": "01053", "x": 5.2},
        codes=("code_commune_insee", "bss_id"),
    ),
    "hubeau_groundwater": Sample(
        LEVELS,
        row={"niveau_nappe_eau": 220.5},
        units={"niveau_nappe_eau": "m"},
        codes=("code_bss",),
    ),
    "weather_daily": Sample(
        WEATHER,
        row={"NUM_POSTE": "01014002", "RR": 0.2, "TN": -4.5},
        units={"RR": "mm", "TN": "degC"},
        codes=("NUM_POSTE",),
    ),
    "weather_hourly": Sample(
        HOURLY,
        row={"NUM_POSTE": "01014002", "T": -3.5},
        units={"T": "degC", "FF": "m s-1"},
        codes=("NUM_POSTE",),
    ),
    "air_quality": Sample(
        AIR,
        "FR_E2_2025-10-22.csv",
        row={"code site": "FR01011", "valeur": 1.1},
        codes=("validité",),
    ),
    "insee_populations": Sample(
        POPULATIONS,
        cube={"PMUN": 860, "PCAP": 16, "PTOT": 876},
        units={"PMUN": "person"},
        dims=("territory", "period"),
    ),
    "insee_populations_wide": Sample(
        LEGAL,
        "donnees_communes.csv",
        options={"period": 2023},
        cube={"PMUN": 860, "PTOT": 876},
        units={"PMUN": "person"},
        dims=("territory", "period"),
    ),
    "insee_census_series": Sample(
        SERIES,
        cube={"POP": 800},
        units={"POP": "person", "DWELLINGS": "dwelling"},
        dims=("territory", "period", "ocs"),
    ),
    "insee_census_housing": Sample(
        HOUSING, units={"DWELLINGS": "dwelling"}, dims=("territory", "period", "tdw")
    ),
    "insee_census_communes": Sample(
        CENSUS,
        cube={"P_POP": 771.5},
        units={"P_POP": "person", "NAISD": "person"},
        dims=("territory", "period"),
    ),
    "insee_census_iris": Sample(
        IRIS,
        cube={"P_POP": 832, "P_POP0002": 20.5},
        units={"P_POP": "person"},
        dims=("territory", "period"),
    ),
    "insee_filosofi": Sample(
        FILOSOFI,
        cube={"MED_SL": 25540},
        units={"MED_SL": "EUR", "PR_MD60": "percent"},
        dims=("territory", "period"),
    ),
    "insee_filosofi_wide": Sample(
        FILOSOFI_WIDE,
        "cc_filosofi_2021.zip",
        options={"member": "*_COM.csv"},
        cube={"MED": 25540, "NBPERSMENFISC": 820.5},
        units={"MED": "EUR", "TP60": "percent", "NBPERSMENFISC": "person"},
        dims=("territory", "period"),
    ),
    "insee_bpe": Sample(
        BPE, units={"FACILITIES": "count"}, dims=("territory", "period", "facility_type")
    ),
    "insee_bpe_wide": Sample(
        BPE_WIDE,
        "bpe21_ensemble_xy_csv.zip",
        units={"NB_EQUIP": "count"},
        dims=("territory", "period", "typequ"),
    ),
    "insee_melodi": Sample(
        OBSERVATIONS, cube={"POP": 232787}, units={"POP": "person"}, dims=("territory", "period")
    ),
    "insee_cog": Sample(
        COG, row={"COM": "01001", "REG": "84", "CAN": "0108"}, codes=("COM", "DEP", "ARR")
    ),
    "insee_bdm": Sample(SDMX.encode(), row={"IDBANK": "001515333"}, codes=("IDBANK",), rows=4),
    "opendatasoft": Sample(TREES_CSV.encode(), row={"code_insee": "01001", "hauteur": 12.5}),
    "opendatasoft_json": Sample(
        as_json([TREES, TREES]), row={"code_insee": "01001"}, codes=("code_insee",)
    ),
    "opendatasoft_geojson": Sample(
        COLLECTION, row={"code_insee": "01001", "hauteur": 12.5}, codes=("code_insee",)
    ),
    "opendatasoft_parquet": Sample(
        parquet(pa.table({key: [value] * 2 for key, value in TREES.items()})),
        row=TREES,
        codes=("code_insee",),
    ),
    "opendatasoft_records": Sample(
        as_json({"total_count": 2, "results": [TREES, {**TREES, "genre": "Tilia"}]}),
        row={"code_insee": "01001", "genre": "Acer"},
        codes=("code_insee",),
    ),
    "datagouv": Sample(TREES_CSV.encode(), "trees.csv", row={"code_insee": "01001"}),
    "national_schemas": Sample(
        as_json(
            {
                "version": 1,
                "schemas": [
                    {"name": "scdl/prenoms", "schema_type": "tableschema", "versions": []},
                    {"name": "scdl/subventions", "schema_type": "tableschema", "versions": []},
                ],
            }
        ),
        row={"name": "scdl/prenoms"},
    ),
    "national_access_point": Sample(
        as_json(
            [
                {"id": f"5ed{n}", "title": "Réseau", "type": "public-transit", "resources": []}
                for n in range(2)
            ]
        ),
        row={"id": "5ed0", "title": "Réseau"},
        codes=("id",),
    ),
    "ngsi_ld": Sample(
        ENTITIES, "entities", row={"no2": 22, "type": "AirQualityObserved"}, codes=("id",), rows=1
    ),
    "sensors": Sample(
        SENSORS.encode(),
        "sensors.csv",
        options={"zone": "Europe/Paris"},
        row={"capteur": "007", "temperature": 3.5},
        codes=("capteur",),
    ),
    "grids": Sample(grid(), "rain.nc", units={"rr": "mm"}, dims=("time", "lat", "lon")),
    "features": Sample(COLLECTION, "trees.geojson", row=TREES, codes=("code_insee",)),
    "layers": Sample(
        layer(), "areas.gpkg", row={"code_insee": "59350"}, codes=("code_insee",), rows=1
    ),
    "irve": Sample(
        CHARGE,
        row={"code_insee_commune": "01053", "puissance_nominale": 22.0},
        units={"puissance_nominale": "kW"},
        codes=("siren_amenageur", "telephone_operateur", "num_pdl", "code_insee_commune"),
    ),
    "parking": Sample(
        PARKING,
        row={"insee": "01053", "nb_places": 325, "hauteur_max": 190.0},
        units={"tarif_1h": "EUR"},
        codes=("insee", "num_siret"),
    ),
    "traffic_counts": Sample(
        COUNTS,
        row={"channel_id": "0353226361", "time_step": 900},
        units={"time_step": "s"},
        codes=("channel_id", "site_id"),
    ),
    "cycling_facilities": Sample(
        CYCLING, "velo.json", row={"code_com_d": "01001", "id_local": "0001"}, rows=1
    ),
    "gtfs": Sample(
        zipped({f"{name}.txt": text for name, text in GTFS.items()}),
        "network.gtfs.zip",
        row={"stop_id": "001", "stop_name": "Gare"},
        codes=("stop_id",),
        rows=3,
    ),
    "gbfs": Sample(
        b"",
        "gbfs.json",
        row={"station_id": "007", "name": "Gare", "capacity": 12},
        codes=("station_id",),
        beside={
            "station_information": as_json(feed({"stations": STATIONS})),
            "station_status": as_json(feed({"stations": STATUS})),
        },
    ),
}
