"""Run the cells of a notebook in this process, with the outputs a kernel would give.

Starting a kernel costs more than most reports; a forked process that already holds the pack
needs only a shell. Streams, displays, results, errors and inline charts are collected in the
notebook format, in the order in which they appear.
"""

from __future__ import annotations

import builtins
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from io import TextIOBase
from typing import Any, ClassVar, NoReturn

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode, from_dict
from traitlets import Instance, Type
from traitlets.config import Config

__all__ = ["CellShell"]

_INLINE = "module://matplotlib_inline.backend_inline"
# A report must not write in the user's home.
_NO_HISTORY = Config({"HistoryManager": {"enabled": False}})


def _output(kind: str, **content: Any) -> NotebookNode:
    """Make an output; the notebook is validated once, as a whole, when it is written."""
    made: NotebookNode = from_dict({"output_type": kind, **content})
    return made


class _Outputs:
    """Collect the outputs of the running cell."""

    def __init__(self) -> None:
        self.current: list[NotebookNode] = []
        self._named: dict[str, list[NotebookNode]] = {}

    def add(self, output: NotebookNode, name: str = "") -> None:
        """Keep an output; a name lets a later cell update it."""
        self.current.append(output)
        if name:
            self._named.setdefault(name, []).append(output)

    def update(self, output: NotebookNode, name: str) -> None:
        """Put new data in the outputs of that name, whichever cells showed them."""
        for shown in self._named.get(name, ()):
            shown.data, shown.metadata = output.data, output.metadata

    def write(self, name: str, text: str) -> None:
        """Append to the stream of that name, if no display came since.

        A kernel buffers each stream, so lines of one do not break up the other.
        """
        for output in reversed(self.current):
            if output.output_type != "stream":
                break
            if output.name == name:
                output.text += text
                return
        self.add(_output("stream", name=name, text=text))


class _Stream(TextIOBase):
    # Libraries write µ or é only where they are told that it can be read.
    encoding = "UTF-8"

    def __init__(self, outputs: _Outputs, name: str) -> None:
        self._outputs, self._name = outputs, name

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if text:
            self._outputs.write(self._name, text)
        return len(text)


class _Publisher(DisplayPublisher):
    """Send ``display(...)`` to the cell's outputs."""

    outputs: _Outputs

    def publish(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        source: Any = None,
        *,
        transient: dict[str, Any] | None = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        del source
        name = str((transient or {}).get("display_id", ""))
        output = _output("display_data", data=data, metadata=metadata or {})
        if update:
            self.outputs.update(output, name)
        else:
            self.outputs.add(output, name)

    def clear_output(self, wait: bool = False) -> None:
        del wait
        self.outputs.current.clear()


class _Hook(DisplayHook):
    """Send the value of a cell's last line to its outputs."""

    outputs: _Outputs
    _data: dict[str, Any]
    _metadata: dict[str, Any]

    def start_displayhook(self) -> None:
        self._data, self._metadata = {}, {}

    def write_output_prompt(self) -> None:
        return None

    def write_format_data(
        self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None
    ) -> None:
        self._data, self._metadata = format_dict, md_dict or {}

    def finish_displayhook(self) -> None:
        if self._data:
            self.outputs.add(
                _output(
                    "execute_result",
                    data=self._data,
                    metadata=self._metadata,
                    execution_count=self.prompt_count,
                )
            )


class _Transformer(TransformerManager):
    """Remember what sources become that are foreseen: those of a template, in all its reports."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._foreseen: dict[tuple[object, ...], str] = {}

    def foresee(self, cell: str) -> None:
        """Transform a source now; one that is refused is refused again in its report."""
        with suppress(SyntaxError):
            self._foreseen[self._key(cell)] = super().transform_cell(cell)

    def transform_cell(self, cell: str) -> str:
        known = self._foreseen.get(self._key(cell))
        return super().transform_cell(cell) if known is None else known

    def _key(self, cell: str) -> tuple[object, ...]:
        # A cell may add a transformation of its own: what was foreseen then no longer holds.
        return (cell, *self.cleanup_transforms, *self.line_transforms, *self.token_transformers)


class CellShell(InteractiveShell):
    """Run cells and keep what they output."""

    input_transformer_manager = Instance(_Transformer, ())
    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    # Libraries ask for this attribute to tell a notebook from a terminal.
    kernel = object()
    # The shell that a process was forked with, until its report takes it.
    inherited: ClassVar[CellShell | None] = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        # Those of the cells that were run before the process was forked, in order.
        self.shared: list[list[NotebookNode]] = []
        self.outputs = _Outputs()
        receivers: tuple[Any, ...] = (self.display_pub, self.displayhook)
        for receiver in receivers:
            receiver.outputs = self.outputs

    def ask_exit(self) -> None:
        """Let ``exit()`` end the cell that calls it, and nothing more."""

    def enable_gui(self, gui: str | None = None) -> None:
        """Accept ``%matplotlib inline``; there is no event loop to hook."""

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        self.outputs.add(
            _output("error", ename=etype.__name__, evalue=str(evalue), traceback=list(stb))
        )

    def run(self, source: str) -> tuple[list[NotebookNode], BaseException | None]:
        """Run one cell; return its outputs and the error that stopped it, if any."""
        self.outputs.current = []
        with (
            redirect_stdout(_Stream(self.outputs, "stdout")),
            redirect_stderr(_Stream(self.outputs, "stderr")),
        ):
            result = self.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]
        error = result.error_before_exec or result.error_in_exec
        return self.outputs.current, error

    @classmethod
    @contextmanager
    def ready(cls) -> Iterator[CellShell]:
        """Give the shell that the process was forked with, else a fresh one."""
        shell, cls.inherited = cls.inherited, None
        if shell is not None:
            yield shell
            return
        with cls.fresh() as shell:
            yield shell

    @classmethod
    @contextmanager
    def fresh(cls) -> Iterator[CellShell]:
        """Make the process's shell, set libraries for notebook output, remove it afterwards."""
        cls.clear_instance()
        before, asked = os.environ.get("MPLBACKEND"), builtins.input
        os.environ["MPLBACKEND"] = _INLINE
        builtins.input = _refuse_input
        shell = cls.instance(config=_NO_HISTORY)
        try:
            _prepare_libraries()
            # Its formatters are made at their first use, which each report would have to pay.
            shell.display_formatter.format("")  # type: ignore[union-attr]
            yield shell
        finally:
            cls.clear_instance()
            builtins.input = asked
            if before is None:
                os.environ.pop("MPLBACKEND", None)
            else:
                os.environ["MPLBACKEND"] = before


def _refuse_input(prompt: object = "", /) -> NoReturn:
    """Refuse to wait for someone to type: there is no one before a report."""
    raise StdinNotImplementedError(
        f"input({prompt!r}) was called, but a report cannot ask: declare a parameter instead."
    )


def _prepare_libraries() -> None:
    """Set what libraries imported before the shell decided for a terminal."""
    if "pandas" in sys.modules:
        sys.modules["pandas"].set_option("display.max_columns", 20)
    if "matplotlib" in sys.modules:
        sys.modules["matplotlib"].use(_INLINE, force=True)
