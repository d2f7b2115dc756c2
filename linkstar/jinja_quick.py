"""An environment of Jinja2 whose templates are compiled to less: what is always the same is written into them."""

from collections.abc import Callable, MutableMapping
from typing import Any

from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, _escape_inner


class _Context(Context):
    def call(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Nothing that templates call asks for the context, so nothing is asked whether it does."""
        kwargs.pop("_loop_vars", None)
        kwargs.pop("_block_vars", None)
        return function(*args, **kwargs)


class _Generator(CodeGenerator):
    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write("environment.escaped(")
        else:
            super()._output_child_pre(node, frame, finalize)


class _Folded(NodeTransformer):
    """Calls of functions that give the same for the same constants, made while the template is compiled."""

    def __init__(self, environment: "QuickEnvironment") -> None:
        self._environment = environment

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - named by Jinja2
        self.generic_visit(node)
        function = self._environment.constant.get(getattr(node.node, "name", None))
        given = [arg.value for arg in node.args if isinstance(arg, nodes.Const)]
        if function is None or len(given) < len(node.args) or node.kwargs or node.dyn_args or node.dyn_kwargs:
            return node
        value = function(*given)
        # A SafeString is written into the code as a plain string, and would be escaped there.
        value = Markup(value) if hasattr(value, "__html__") else value  # noqa: S704 - safe as it is
        return nodes.Const(value, lineno=node.lineno, environment=self._environment)


class QuickEnvironment(Environment):
    """`constant` are the functions by name whose answer depends on their arguments alone."""

    context_class = _Context
    code_generator_class = _Generator

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.constant: dict[Any, Callable[..., Any]] = {}

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """No template has any of its own; a chain of mappings would be read through at every drawing."""
        return super().make_globals(d) if d else self.globals

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        return super()._generate(_Folded(self).visit(source), *args, **kwargs)

    @staticmethod
    def escaped(value: Any) -> str:
        """As markupsafe escapes, without a Markup around what is about to be joined."""
        kind = type(value)
        if kind is str:
            return _escape_inner(value)
        if kind is int:
            return str(value)
        if kind is Markup:
            return value
        return str(value.__html__()) if hasattr(value, "__html__") else _escape_inner(str(value))
