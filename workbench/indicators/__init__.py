"""What is measured: declarations in YAML, the calculations they point to, cubes and readings.

Called, the package lists its indicators: ``workbench.indicators("age")``.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.indicators.indicator import Indicator


class _Indicators(ModuleType):
    """Answer `workbench.indicators()` once the package is imported and hides the function."""

    def __call__(self, theme: str | None = None) -> tuple[Indicator, ...]:
        from workbench.indicators.registry import indicators

        return indicators(theme)


sys.modules[__name__].__class__ = _Indicators
