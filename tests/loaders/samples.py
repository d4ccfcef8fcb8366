"""A small file of the published shape of each source, and what must come out of it.

Headings, signs and nesting are those of the producers; figures and names are made up, or are those
of a territory as anyone may check.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from .sample_files import (
    AIR,
    BAL,
    BAN,
    CHARGE,
    COLLECTION,
    COUNTS,
    CYCLING,
    DECP,
    DECP_JSON,
    DELIBERATIONS,
    DVF,
    ENTITIES,
    GAUGES,
    GRANTS,
    HOURLY,
    LEVELS,
    OBSERVATIONS,
    PARKING,
    SENSORS,
    TREES,
    TREES_CSV,
    WATER,
    WEATHER,
    as_json,
    grid,
    gzipped,
    layer,
    parquet,
    zipped,
)
from .sample_insee import (
    BPE,
    BPE_WIDE,
    CENSUS,
    COG,
    FILOSOFI,
    FILOSOFI_WIDE,
    HOUSING,
    IRIS,
    LEGAL,
    POPULATIONS,
    SERIES,
)
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


SAMPLES: Mapping[str, Sample] = {
    "decp": Sample(
        DECP,
        row={"acheteur_id": "21590350100017", "titulaire_id": "05280031500013", "montant": 50754.5},
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
            "holder_ids": "05280031500013 31483054800140",
            "techniques": "Accord-cadre",
        },
        units={"montant": "EUR"},
        codes=("acheteur.id", "lieuExecution.code", "codeCPV"),
        rows=1,
    ),
    "scdl_grants": Sample(
        GRANTS,
        row={"idAttribuant": "01060004700392", "montant": 99786.57},
        units={"montant": "EUR"},
        codes=("idAttribuant", "idBeneficiaire"),
    ),
    "scdl_deliberations": Sample(
        DELIBERATIONS,
        row={"COLL_SIRET": "01010053500011", "DELIB_ID": "0012", "VOTE_POUR": 25},
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
