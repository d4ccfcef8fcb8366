"""Convert each variable of a cube as its kind asks: what is summed, recomputed, voted, refused."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import DTypeLike, NDArray

from workbench.compute.blocks import Kernel, map_blocks
from workbench.compute.quantities import (
    Quantities,
    has_value,
    observed,
    status_attributes,
)
from workbench.core.errors import (
    DeclarationError,
    MedianNotAggregated,
    RatioNotSummed,
    nearest,
)
from workbench.core.types import Kind, Status
from workbench.geography.carrier import Carrier
from workbench.geography.recompute import recomputed

__all__ = ["Conversion"]

_ANCILLARY = ("status", "numerator", "denominator", "tied", "low", "high")


@dataclass(frozen=True, eq=False)
class Conversion:
    """Carry the variables of a cube to another map, lazily.

    Parameters
    ----------
    cube : Dataset
        Variables with their ``kind``; those without the dim ``territory`` stay as they are.
    carrier : Carrier
    vintage : int
        Year of the other map, told by every variable of the result.
    aside : ndarray of int
        Rows of the cube that go nowhere.
    with_bounds : bool
        Whether counts get the bounds of their error.
    """

    cube: xr.Dataset
    carrier: Carrier
    vintage: int
    aside: NDArray[np.intp]
    with_bounds: bool

    def variables(self) -> dict[Hashable, xr.Variable]:
        """Convert all variables.

        Raises
        ------
        MedianNotAggregated, RatioNotSummed, DeclarationError
            A variable cannot be converted, or does not say how; each names what to do.
        """
        names = [str(name) for name in self.cube.data_vars]
        ancillary = {f"{name}_{more}" for name in names for more in _ANCILLARY}
        made: dict[Hashable, xr.Variable] = {}
        for name in names:
            array = self._all[name]
            if "territory" not in array.dims:
                made.setdefault(name, array)
            elif name not in ancillary or "kind" in array.attrs:
                # A term of a ratio that is a variable of its own is converted as one.
                made |= self._converted(name, self._kind(name))
        first = {name: made[name] for name in names if name in made}
        return first | made

    def _kind(self, name: str) -> Kind:
        told = self._all[name].attrs.get("kind")
        if told not in list(Kind):
            found = "says no kind" if told is None else f"is of an unknown kind, {told!r}"
            raise DeclarationError(
                f"Variable {name!r} {found} ({nearest(str(told), list(Kind))}). Say how it "
                f"behaves when territories merge: cube[{name!r}].attrs['kind'] = 'count'."
            )
        return Kind(told)

    def _converted(self, name: str, kind: Kind) -> dict[Hashable, xr.Variable]:
        if not len(self.carrier.made) and kind is not Kind.COUNT:
            return self._copied(name)  # each territory becomes one: nothing is put together
        if kind in (Kind.MEDIAN, Kind.INEQUALITY):
            raise MedianNotAggregated(
                f"{name} is of kind {kind}: that of a merged territory does not follow from those "
                "of its parts, nor that of a part from the whole. Leave it out, "
                f"cube.drop_vars({name!r}), or find it again from the figures it was made of."
            )
        ways: Mapping[Kind, Callable[[str], dict[Hashable, xr.Variable]]] = {
            Kind.COUNT: self._count,
            Kind.FLAG: self._flag,
            Kind.CATEGORY: self._category,
        }
        return ways.get(kind, self._quotient)(name)

    # -- by kind -------------------------------------------------------------------------

    def _copied(self, name: str) -> dict[Hashable, xr.Variable]:
        """Keep figures as they are, in the order of the new codes."""
        names = [name, *(f"{name}_{more}" for more in _ANCILLARY if f"{name}_{more}" in self._all)]
        if f"{name}_status" not in names:
            return self._with_status(name, self._figures(name), self._carry_copies)
        return {
            each: self._labelled(self._all[each], self._carry_copies(_bare(self._all[each]))[0])
            for each in names
        }

    def _carry_copies(self, *arrays: xr.DataArray) -> tuple[xr.DataArray, ...]:
        return self._carry(self.carrier.copies, *arrays, dtypes=[a.dtype for a in arrays])

    def _count(self, name: str) -> dict[Hashable, xr.Variable]:
        figures = self._figures(name)
        made = self._with_status(name, figures, self._sums)
        values = made[name]
        if self._is_whole(name) and figures.values.dtype.kind in "iu":
            made[name] = values.astype(figures.values.dtype, keep_attrs=True)
        made |= self._bounds(name, figures)
        if len(self.aside):
            made |= self._set_aside(name, figures)
        return made

    def _sums(self, *figures: xr.DataArray) -> tuple[xr.DataArray, ...]:
        return self._carry(self.carrier.sums, *figures, dtypes=[np.float64, np.int8])

    def _bounds(self, name: str, figures: Quantities) -> dict[Hashable, xr.Variable]:
        """Bound a count; of one that has bounds already, they are carried on."""
        known = {end: f"{name}_{end}" in self._all for end in ("low", "high")}
        if not self.with_bounds and not any(known.values()):
            return {}
        made: dict[Hashable, xr.Variable] = {}
        for place, end in enumerate(("low", "high")):
            values = _bare(self._all[f"{name}_{end}"]) if known[end] else figures.values
            both = self._carry(
                self.carrier.bounds, values, figures.status, dtypes=[np.float64, np.float64]
            )
            about = {"long_name": f"{end} bound of {self._title(name)}"}
            made[f"{name}_{end}"] = self._labelled(self._all[name], both[place], about)
        return {key: _without_kind(variable) for key, variable in made.items()}

    def _set_aside(self, name: str, figures: Quantities) -> dict[Hashable, xr.Variable]:
        """Sum what the rows that go nowhere count, as far as it is known."""
        values, status = (array.isel(territory=self.aside) for array in figures)
        total = values.where(status <= Status.ESTIMATED, 0.0).sum("territory")
        label = f"{name}_unmatched"
        if label in self._all:
            total = total + self._all[label]
        about = {"long_name": f"{self._title(name)}, rows set aside"}
        return {label: _without_kind(self._variable(total, self._all[name].attrs, about))}

    def _flag(self, name: str) -> dict[Hashable, xr.Variable]:
        combine = self._all[name].attrs.get("combine")
        if combine not in ("any", "all"):
            raise DeclarationError(
                f"Flag {name!r} does not say when it holds for a merged territory: set "
                f"cube[{name!r}].attrs['combine'] to 'any' or 'all' (found {combine!r})."
            )
        kernel = self.carrier.any if combine == "any" else self.carrier.all
        carry = partial(self._carry, kernel, dtypes=[np.float64, np.int8])
        made = self._with_status(name, self._figures(name), carry)
        if self._is_whole(name) and self._all[name].dtype == bool:
            made[name] = made[name].astype(bool, keep_attrs=True)
        return made

    def _category(self, name: str) -> dict[Hashable, xr.Variable]:
        attrs = self._all[name].attrs
        weight = str(attrs.get("weight"))
        if weight not in self._all or weight == name:
            counts = [str(x) for x in self._all if self._all[x].attrs.get("kind") == Kind.COUNT]
            raise DeclarationError(
                f"Category {name!r} does not say what its majority is counted in: set "
                f"cube[{name!r}].attrs['weight'] to a count of the cube (found {weight!r}; "
                f"{nearest(weight, counts)})."
            )
        figures, heavy = self._figures(name), self._figures(weight)
        own = figures.values.dtype
        labels = figures.values.astype(np.float64 if own.kind in "iubf" else object)
        labels, status, tied = self._carry(
            self.carrier.majority,
            labels,
            figures.status,
            *heavy,
            dtypes=[labels.dtype, np.int8, np.bool_],
        )
        if own.kind in "iub" and self._is_whole(name):
            labels = labels.astype(own)
        made = self._with_status(name, figures, lambda *_: (labels, status))
        if f"{name}_tied" in self._all:
            before = _bare(self._all[f"{name}_tied"])
            flags = self._carry(
                self.carrier.any, before, figures.status * 0, dtypes=[np.float64, np.int8]
            )
            tied = tied | (flags[0] > 0)
        about = {"long_name": f"whether several categories tie in {self._title(name)}"}
        made[f"{name}_tied"] = self._variable(tied, about)
        return made

    def _quotient(self, name: str) -> dict[Hashable, xr.Variable]:
        """Recompute a ratio, a density or a mean from its terms."""
        attrs = self._all[name].attrs
        names = [attrs.get(end, f"{name}_{end}") for end in ("numerator", "denominator")]
        if any(each not in self._all for each in names):
            raise RatioNotSummed(
                f"{name} is of kind {attrs['kind']}: it is recomputed from its numerator and its "
                f"denominator, never summed or averaged, and the cube lacks {' or '.join(names)}. "
                f"Make the cube with workbench.cube([{name!r}], terms=[{name!r}]), or name "
                f"two counts of it in cube[{name!r}].attrs['numerator'] and ['denominator']."
            )
        if "scale" not in attrs:
            raise DeclarationError(
                f"{name} does not say what its quotient is multiplied by: set "
                f"cube[{name!r}].attrs['scale'], 100 for a percentage, 1 for none."
            )
        kernels = (_status_of_numerator, _status_of_denominator)
        above, below = (
            Quantities(*self._sums(*self._term(name, each, kernel)))
            for each, kernel in zip(names, kernels, strict=True)
        )
        figures, numerator, denominator = recomputed(
            name, above, below, attrs, period=self.cube.get("period")
        )
        made = self._with_status(name, self._figures(name), lambda *_: tuple(figures))
        for each, values in zip(names, (numerator, denominator), strict=True):
            if "kind" not in self._all[each].attrs:
                made[each] = self._labelled(self._all[each], values)
        return made

    def _term(self, name: str, term: str, kernel: Kernel) -> Quantities:
        """Give a term of a ratio a status: its own, else what that of the ratio says of it."""
        values = self._all[term]
        if f"{term}_status" in self._all or "kind" in values.attrs:
            return self._figures(term)
        ratio = self._figures(name).status
        bare = _bare(values)
        (status,) = map_blocks(kernel, bare, ratio, dtypes=[np.int8])
        return Quantities(bare, status)

    # -- reading and writing -------------------------------------------------------------

    def _figures(self, name: str) -> Quantities:
        """Read a variable and its status, the territory first."""
        values = _bare(self._all[name])
        if f"{name}_status" in self._all:
            return Quantities(values, _bare(self._all[f"{name}_status"]))
        if values.dtype.kind == "f":
            return observed(values)
        (status,) = map_blocks(_status_of_labels, values, dtypes=[np.int8])
        return Quantities(values, status)

    def _title(self, name: str) -> str:
        return str(self._all[name].attrs.get("long_name", name))

    def _is_whole(self, name: str) -> bool:
        """Tell whether no figure of a variable can be lacking: it may keep its type."""
        return f"{name}_status" not in self._all and self.carrier.is_whole

    @cached_property
    def _all(self) -> Mapping[Any, xr.Variable]:
        return self.cube.variables

    def _carry(
        self, kernel: Kernel, *arrays: xr.DataArray, dtypes: list[DTypeLike]
    ) -> tuple[xr.DataArray, ...]:
        return map_blocks(
            kernel,
            *arrays,
            dtypes=dtypes,
            relabelled={"territory": self.carrier.targets},
        )

    def _with_status(
        self,
        name: str,
        figures: Quantities,
        carry: Callable[..., tuple[xr.DataArray, ...]],
    ) -> dict[Hashable, xr.Variable]:
        values, status = carry(*figures)
        label, attrs = f"{name}_status", self._all[name].attrs
        named = {"long_name": self._title(name), "vintage": self.vintage}
        about = self._all[label].attrs if label in self._all else status_attributes(named)
        ancillary = dict.fromkeys([*attrs.get("ancillary_variables", "").split(), label])
        return {
            name: self._labelled(
                self._all[name], values, {"ancillary_variables": " ".join(ancillary)}
            ),
            label: self._variable(_in_order(status, self._all[name].dims), about),
        }

    def _labelled(
        self, like: xr.Variable, values: xr.DataArray, more: Mapping[str, Any] | None = None
    ) -> xr.Variable:
        return self._variable(_in_order(values, like.dims), like.attrs, more or {})

    def _variable(self, array: xr.DataArray, *attrs: Mapping[Any, Any]) -> xr.Variable:
        told = {key: value for each in attrs for key, value in each.items()}
        told["vintage"] = self.vintage
        return xr.Variable(array.dims, array.data, told)


def _without_kind(variable: xr.Variable) -> xr.Variable:
    """Mark what goes with a variable: it is no variable of its own."""
    for key in ("kind", "ancillary_variables"):
        variable.attrs.pop(key, None)
    return variable


def _bare(variable: xr.Variable) -> xr.DataArray:
    """Put the territory first; leave the labels, which all arrays of a cube share."""
    if variable.dims[0] != "territory":
        variable = variable.transpose("territory", ...)
    return xr.DataArray(variable.data, dims=variable.dims)


def _in_order(array: xr.DataArray, dims: tuple[Hashable, ...]) -> xr.DataArray:
    return array.transpose(*(dim for dim in dims if dim in array.dims), ...)


def _status_of_labels(values: NDArray[Any]) -> tuple[NDArray[np.int8]]:
    absent = pd.isna(values) | (values == "") if values.dtype.kind in "OUT" else pd.isna(values)
    return (np.where(absent, np.int8(Status.MISSING), np.int8(Status.OBSERVED)),)


def _status_of_numerator(values: NDArray[Any], ratio: NDArray[np.int8]) -> tuple[NDArray[np.int8]]:
    """Give the status of the ratio; a number that is there all the same is not to be used."""
    lacking = np.isnan(values) & has_value(ratio)
    return (np.where(lacking, np.int8(Status.MISSING), ratio),)


def _status_of_denominator(
    values: NDArray[Any], ratio: NDArray[np.int8]
) -> tuple[NDArray[np.int8]]:
    """Know a denominator of what has no ratio too: it says why, and adds up with the others."""
    known = has_value(ratio)
    absent = np.where(known, np.int8(Status.MISSING), ratio)
    return (np.where(np.isnan(values), absent, np.where(known, ratio, np.int8(0))),)
