"""Run every validator on some publications, in their own environment; write what each found.

``python validate.py SHARED FOLDER…``: run by the Python of the validators; it knows nothing of the
workbench and asks nothing of the network.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import socket
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

BIN = Path(sys.executable).parent
SHAPES = (
    "3.0.1/shacl/dcat-ap-SHACL.ttl",
    "3.0.1/html/shacl/shapes.ttl",
    "3.0.1/html/shacl/range.ttl",
    "3.0.1/html/shacl/deprecateduris.ttl",
)
HIGH_VALUE = "3.0.0-hvd/shacl/hvd-SHACL.ttl"
CONTEXT = "https://w3id.org/ro/crate/1.1/context"


def _no_network(*args, **kwargs):
    raise OSError("the network is not to be asked")


def frictionless(folder):
    """Check the Data Package: schema, types, keys, hashes and sizes."""
    from frictionless import validate

    report = validate(str(folder / "datapackage.json"))
    told = [f"{task.name}: {error.message}" for task in report.tasks for error in task.errors]
    return told + [error.message for error in report.errors]


def csvw(folder):
    """Check the CSV by its metadata."""
    from csvw import CSVW

    found = []
    for path in folder.glob("*.csv-metadata.json"):
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            read = CSVW(str(path), validate=True)
            if not read.is_valid:
                found += [f"{path.name}: {each.message}" for each in read.warnings] or [path.name]
    return found


def croissant(folder):
    """Check the Croissant metadata; a warning counts."""
    import mlcroissant

    try:
        read = mlcroissant.Dataset(jsonld=folder / "croissant.json")
    except mlcroissant.ValidationError as error:
        return [str(error)]
    issues = read.metadata.ctx.issues
    return sorted({*issues.errors, *issues.warnings})


def geoparquet(folder):
    """Check the GeoParquet files, class core."""
    found = []
    for path in folder.glob("*.geo.parquet"):
        words = [BIN / "geoparquet-validator", "check", "--class", "core", path]
        ended = subprocess.run(words, capture_output=True, text=True, check=False)
        if ended.returncode:
            found += [line.strip() for line in ended.stdout.splitlines() if "FAIL" in line]
    return found


def climate_and_forecast(folder):
    """Check the netCDF files by CF 1.11, everything that it looks at."""
    found = []
    for path in folder.glob("*.nc"):
        words = [BIN / "compliance-checker", "--test=cf:1.11", "-c", "strict", "-f", "json"]
        ended = subprocess.run([*words, path], capture_output=True, text=True, check=False)
        told = json.loads(ended.stdout[ended.stdout.index("{") :])
        for check in told["cf:1.11"]["all_priorities"]:
            found += [f"{check['name']}: {each}" for each in check["msgs"]]
    return found


class Shapes:
    """Check DCAT-AP by the official shapes, Turtle and JSON-LD."""

    def __init__(self, folder):
        from rdflib import Graph

        self.graphs = {name: Graph().parse(folder / name) for name in (*SHAPES, HIGH_VALUE)}

    def __call__(self, folder):
        from pyshacl import validate
        from rdflib import Graph, Namespace
        from rdflib.namespace import SH

        found = []
        for name in ("dcat.ttl", "dcat.jsonld", "catalog.ttl", "catalog.jsonld"):
            if not (folder / name).is_file():
                continue
            graph = Graph().parse(folder / name)
            high_value = Namespace("http://data.europa.eu/r5r/").hvdCategory
            # Those of high-value data sets hold for each data set: not for a catalogue of both.
            is_high = name.startswith("dcat.") and (None, high_value, None) in graph
            chosen = [*SHAPES, *([HIGH_VALUE] if is_high else [])]
            for shapes in chosen:
                _, results, _ = validate(graph, shacl_graph=self.graphs[shapes])
                for result in results.subjects(SH.resultSeverity, SH.Violation):
                    message = results.value(result, SH.resultMessage)
                    found.append(f"{name}, {shapes}: {message}")
        return found


class Crate:
    """Check the RO-Crate, recommendations too; its context is the one on this disk."""

    def __init__(self, context, cache):
        import requests
        from requests.adapters import BaseAdapter
        from requests_cache import CachedSession
        from urllib3 import HTTPResponse

        class OnDisk(BaseAdapter):
            def send(self, request, **_):
                answer = requests.Response()
                headers = {"Content-Type": "application/ld+json"}
                answer.status_code, answer.url, answer.request = 200, request.url, request
                answer.headers.update(headers)
                answer.raw = HTTPResponse(
                    io.BytesIO(context.read_bytes()),
                    headers=headers,
                    status=200,
                    preload_content=False,
                    request_url=request.url,
                )
                return answer

            def close(self):
                pass

        self.cache = str(cache / "crate")
        session = CachedSession(cache_name=self.cache, backend="sqlite", expire_after=-1)
        session.mount("https://w3id.org/", OnDisk())
        session.get(CONTEXT)
        session.close()

    def __call__(self, folder):
        from rocrate_validator.models import Severity
        from rocrate_validator.models.settings import ValidationSettings
        from rocrate_validator.services import validate

        settings = ValidationSettings(
            rocrate_uri=str(folder),
            profile_identifier="ro-crate-1.1",
            requirement_severity=Severity.RECOMMENDED,
            validate_profile_checks=False,
            cache_path=self.cache,
            offline=True,
        )
        return [f"{each.severity.name}: {each.message}" for each in validate(settings).issues]


def main(shared, *folders):
    """Validate, and write the findings by folder and validator."""
    # No name is looked up: what is not on this disk is not there.
    socket.getaddrinfo = _no_network
    checks = {
        "frictionless": frictionless,
        "csvw": csvw,
        "croissant": croissant,
        "geoparquet": geoparquet,
        "cf": climate_and_forecast,
    }
    with tempfile.TemporaryDirectory() as cache:
        data = Path(shared)
        if (data / "dcat_ap").is_dir():
            checks["dcat_ap"] = Shapes(data / "dcat_ap" / "releases")
        if (data / "rocrate_context").is_dir():
            context = data / "rocrate_context/docs/_specification/1.1/context.jsonld"
            checks["ro_crate"] = Crate(context, Path(cache))
        found = {}
        for folder in map(Path, folders):
            package = (folder / "datapackage.json").is_file()
            chosen = checks if package else {"dcat_ap": checks.get("dcat_ap", lambda _: [])}
            found[folder.name] = {}
            for name, check in chosen.items():
                with contextlib.redirect_stdout(io.StringIO()):
                    try:
                        told = check(folder)
                    except Exception as error:
                        told = [f"{type(error).__name__}: {error}"]
                found[folder.name][name] = told
    sys.stdout.write(json.dumps(found, indent=1))
    sys.stdout.flush()
    os._exit(0)  # a validator's cache has threads that outlive it


if __name__ == "__main__":
    main(*sys.argv[1:])
