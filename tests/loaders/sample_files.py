"""Small files of the published shape of sources, but those of Insee."""

from __future__ import annotations

import gzip
import io
import json
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import xarray as xr


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
        {"titulaire": {"typeIdentifiant": "SIRET", "id": "05280031500013"}},
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
            "titulaire_id": ["05280031500013", "31483054800140"],
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
    "Ville,01060004700392,2023-07-07,D 12,Comité des œuvres,05249912650007,W333216789,"
    "Fonctionnement,99786.57,aide en numéraire,échelonné,2023-03-30/2023-05-24,,non,0.05\n"
    "Ville,01060004700392,2023-07-07,D 13,Chorale,52499120500021,,Concert,1200,"
    "aide en numéraire,unique,2023-03-30,,non,1\n"
).encode()
DELIBERATIONS = (
    "COLL_NOM;COLL_SIRET;DELIB_ID;DELIB_DATE;DELIB_MATIERE_CODE;DELIB_MATIERE_NOM;DELIB_OBJET;"
    "BUDGET_ANNEE;BUDGET_NOM;PREF_ID;PREF_DATE;VOTE_EFFECTIF;VOTE_REEL;VOTE_POUR;VOTE_CONTRE;"
    "VOTE_ABSTENTION;DELIB_URL\n"
    "Bourg;01010053500011;0012;2023-10-15;8.4;Aménagement;Plan vélo;2023;Principal;PREF001;"
    "2023-10-20;43;40;25;10;5;https://example.org/d/1.pdf\n"
    "Bourg;01010053500011;0013;15/10/2023;7.10;Finances;Subvention;2023;Principal;PREF001;"
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
    "01001_a7q1zt_00012_bis;01001;L'Abergement;Route de Châtillon;12;bis;entrée;848300;6563300;"
    "4.93;46.14;;commune;2023-11-09;0\n"
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
    b"01053-P-001,GARE,01053,Place de la Gare,,tous,false,325,250,6,10,25,190,01010053500011,"
    b"5.2145,46.2002,1.5,12.5,\n"
    b"01053-P-002,MAIRIE,01053,Place,,tous,true,50,50,2,0,0,N/A,01010053500011,5.22,46.2,0,0,\n"
)
COUNTS = (
    b"channel_id,channel_provider_id,site_provider_id,site_id,mobility_type,counter_type,direction,"
    b"temporality,started_at,ended_at,last_updated_at,time_step\n"
    b'0353226361,,,0300014141,"BIKE,PEDESTRIAN",PIEZOELECTRIC SENSOR,SW,PERMANENT,'
    b"2020-06-22T10:00:00Z,2021-06-22T10:00:00Z,2021-06-22T09:00:00Z,900\n"
    b"0353226362,,,0300014141,BIKE,PIEZOELECTRIC SENSOR,NE,PERMANENT,2010-07-13T00:00:00+0200,,"
    b"2021-09-16T04:00:00+0200,3600\n"
)
