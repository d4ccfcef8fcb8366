"""Write files in the shape of the land sales that the tax office publishes (DVF).

43 columns cut by pipes, decimal commas, dates with the day first, codes that begin by zero: the
rows are drawn, the shape is the real one.
"""

from __future__ import annotations

import random
from pathlib import Path

HEADING = (
    "Identifiant de document|Reference document|1 Articles CGI|2 Articles CGI|3 Articles CGI|"
    "4 Articles CGI|5 Articles CGI|No disposition|Date mutation|Nature mutation|Valeur fonciere|"
    "No voie|B/T/Q|Type de voie|Code voie|Voie|Code postal|Commune|Code departement|Code commune|"
    "Prefixe de section|Section|No plan|No Volume|1er lot|Surface Carrez du 1er lot|2eme lot|"
    "Surface Carrez du 2eme lot|3eme lot|Surface Carrez du 3eme lot|4eme lot|"
    "Surface Carrez du 4eme lot|5eme lot|Surface Carrez du 5eme lot|Nombre de lots|Code type local|"
    "Type local|Identifiant local|Surface reelle bati|Nombre pieces principales|Nature culture|"
    "Nature culture speciale|Surface terrain"
)
_KINDS = (("1", "Maison"), ("2", "Appartement"), ("3", "Dépendance"), ("4", "Local industriel"))
_STREETS = ("RUE", "AV", "CHE", "BD", "LOT", "IMP", "")
_DEPARTMENTS = [f"{n:02d}" for n in range(1, 96) if n != 20] + ["2A", "2B", "971", "974"]


def _row(draw: random.Random) -> str:
    department = draw.choice(_DEPARTMENTS)
    commune = f"{draw.randrange(1, 500):03d}"[: 5 - len(department)]
    kind, name = draw.choice(_KINDS)
    is_flat = kind == "2"
    lot = str(draw.randrange(1, 400)) if is_flat else ""
    carrez = (
        f"{draw.uniform(9, 150):.2f}".replace(".", ",") if is_flat and draw.random() < 0.5 else ""
    )
    cells = [""] * 43
    cells[7] = f"{draw.randrange(1, 4):06d}"
    cells[8] = f"{draw.randrange(1, 29):02d}/{draw.randrange(1, 13):02d}/2023"
    cells[9] = "Vente"
    cells[10] = f"{draw.randrange(1000, 900_000)},{draw.randrange(100):02d}"
    cells[11] = str(draw.randrange(1, 300))
    cells[12] = draw.choice(("", "", "", "B"))
    cells[13] = draw.choice(_STREETS)
    cells[14] = f"{draw.randrange(10_000):04d}"
    cells[15] = f"VOIE DE L'ÉGLISE {draw.randrange(3000)}"
    cells[16] = f"{department[:2].replace('A', '0').replace('B', '0')}{draw.randrange(1000):03d}"
    cells[17] = f"COMMUNE {commune}"
    cells[18], cells[19] = department, commune
    cells[21] = draw.choice("ABCDEFGH") + draw.choice("ABCDEFGH")
    cells[22] = str(draw.randrange(1, 900))
    cells[24], cells[25] = lot, carrez
    cells[34] = str(int(is_flat))
    cells[35], cells[36] = kind, name
    cells[38] = str(draw.randrange(0, 200))
    cells[39] = str(draw.randrange(0, 8))
    cells[40] = "" if is_flat else "S"
    cells[42] = "" if is_flat else str(draw.randrange(50, 5000))
    return "|".join(cells)


def write_land_sales(path: Path, size: int, *, seed: int = 1) -> int:
    """Write about `size` bytes; return the number of rows.

    Rows are drawn in blocks, a block written several times with its amounts changed by its place:
    drawing each row would take longer than reading them.
    """
    draw = random.Random(seed)
    blocks = [[_row(draw) for _ in range(min(20_000, max(1, size // 200)))] for _ in range(5)]
    written = rows = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(f"{HEADING}\r\n")
        while written < size:
            block = draw.choice(blocks)
            turn = str(draw.randrange(10, 99))
            text = "".join(f"{row.replace('|Vente|', f'|Vente|{turn}', 1)}\r\n" for row in block)
            file.write(text)
            written += len(text)
            rows += len(block)
    return rows
