"""Which functions of the bridge write to the outside, read from its source, so that a new one is known at once.

A function writes by itself where it calls an operation of AWS that does not only read, or sends a request by a method
that may change something. It also writes where it calls one that does: a store that puts an item into its table, a flow
that queues a job. Whose method is called is known by the types that the code states.
"""

import ast
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

import botocore.session
from botocore import xform_name

from tests.killing import Call

ROOT = Path(__file__).parent.parent
ENTRANCE = "app"
WRITING_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})

# What a call says of itself that only reads, though its method may change something.
ONLY_READS = "changes_nothing"

BOTO_TYPES = "mypy_boto3_"

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Defined(NamedTuple):
    """A function or a method: where it is, as Python calls it, in which class, and its source."""

    module: str
    qualname: str
    owner: str
    node: Function

    @property
    def name(self) -> str:
        return f"{self.module}.{self.qualname}"


class Source:
    """The source of what ships."""

    def __init__(self, root: Path = ROOT) -> None:
        paths = [root / f"{ENTRANCE}.py", *sorted((root / "chalicelib").rglob("*.py"))]
        self._trees = {
            ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): ast.parse(
                path.read_text()
            )
            for path in paths
        }

    def find_writes(self, *, depth: int) -> list[str]:
        """The functions that write by themselves, or by calls one through another, so many deep; only what ships uses.

        What nothing reaches from the entry points is of the tools of a terminal.
        """
        writes = {one for one in self.functions if self._writes_by_itself(one)}
        calls = {one: set(self._called_by(one)) for one in self.functions}
        for _ in range(depth):
            names = {(one.owner, one.node.name) for one in writes}
            writes |= {one for one, called in calls.items() if called & names}
        return sorted(one.name for one in writes if one.node.name in self._used and one.module != ENTRANCE)

    @cached_property
    def functions(self) -> list[Defined]:
        return [found for module, tree in self._trees.items() for found in _functions(module, tree)]

    @cached_property
    def _classes(self) -> dict[str, ast.ClassDef]:
        trees = self._trees.values()
        return {node.name: node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}

    @cached_property
    def _attributes(self) -> dict[str, dict[str, str]]:
        """The class that each attribute of each class holds."""
        return {name: _attributes(node) for name, node in self._classes.items()}

    @cached_property
    def _services(self) -> set[str]:
        """The services of AWS whose types the code imports."""
        imports = (node for tree in self._trees.values() for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
        modules = (node.module or "" for node in imports)
        return {module.removeprefix(BOTO_TYPES) for module in modules if module.startswith(BOTO_TYPES)}

    @cached_property
    def _returned(self) -> dict[tuple[str, str], str]:
        """The class of what each function returns, by its own class and its name."""
        return {(one.owner, one.node.name): _named(one.node.returns) for one in self.functions}

    @cached_property
    def _used(self) -> set[str]:
        """Every name that what ships can come to, from the entry points on: a function counts by its name."""
        bodies: dict[str, list[ast.AST]] = {}
        for one in self.functions:
            bodies.setdefault(one.node.name, []).append(one.node)
        for name, node in self._classes.items():
            bodies.setdefault(name, []).extend(child for child in node.body if not isinstance(child, Function))
            bodies[name] += [child for child in node.body if isinstance(child, Function) and _is_called_unnamed(child)]
        # What stands outside of functions runs when it is imported.
        for tree in self._trees.values():
            bodies.setdefault("", []).extend(
                child
                for child in tree.body
                if not isinstance(child, Function | ast.ClassDef | ast.Import | ast.ImportFrom)
            )
        found, new = set[str](), {"", *(one.node.name for one in self.functions if one.module == ENTRANCE)}
        while new:
            found |= new
            new = {name for known in new for body in bodies.get(known, ()) for name in _names_in(body)} - found
        return found

    def _writes_by_itself(self, function: Defined) -> bool:
        return any(
            self._is_aws_write(function, call) or _is_request_that_writes(call)
            for call in ast.walk(function.node)
            if isinstance(call, ast.Call)
        )

    def _is_aws_write(self, function: Defined, call: ast.Call) -> bool:
        if not isinstance(call.func, ast.Attribute):
            return False
        client = self._class_of(function, call.func.value)
        # Where the code does not state what is called, it may be the client of any service that it uses.
        services = {client.removesuffix("Client").lower()} if client.endswith("Client") else set[str]()
        services = services if client else self._services
        return any(call.func.attr in _aws_writes(service) for service in services)

    def _called_by(self, function: Defined) -> Iterator[tuple[str, str]]:
        """Class and name of what a function calls; no class where it is a function by itself."""
        for node in ast.walk(function.node):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield self._class_of(function, node.func.value), node.func.attr
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield "", node.func.id

    def _class_of(self, function: Defined, value: ast.expr) -> str:
        """The class of what an expression stands for, where the code states it: `self`, an attribute, an argument."""
        if isinstance(value, ast.Name):
            if value.id == "self":
                return function.owner
            arguments = [*function.node.args.args, *function.node.args.kwonlyargs]
            return next((_named(one.annotation) for one in arguments if one.arg == value.id), "")
        if isinstance(value, ast.Attribute):
            return self._attributes.get(self._class_of(function, value.value), {}).get(value.attr, "")
        if isinstance(value, ast.Call):
            return self._class_returned(function, value.func)
        return ""

    def _class_returned(self, function: Defined, called: ast.expr) -> str:
        owner, name = ("", called.id) if isinstance(called, ast.Name) else ("", "")
        if isinstance(called, ast.Attribute):
            owner, name = self._class_of(function, called.value), called.attr
        # A class that is called makes one of its kind.
        made = name if not owner and name in self._classes else ""
        return self._returned.get((owner, name), made)


def _functions(module: str, tree: ast.AST, prefix: str = "", owner: str = "") -> Iterator[Defined]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield from _functions(module, node, f"{prefix}{node.name}.", node.name)
        elif isinstance(node, Function):
            yield Defined(module, f"{prefix}{node.name}", owner, node)


def _attributes(node: ast.ClassDef) -> dict[str, str]:
    found = {
        child.name: _named(child.returns)
        for child in node.body
        if isinstance(child, Function) and any("property" in ast.unparse(one) for one in child.decorator_list)
    }
    for child in ast.walk(node):
        if isinstance(child, ast.AnnAssign) and isinstance(child.target, ast.Name):
            found[child.target.id] = _named(child.annotation)
    for method in node.body:
        if isinstance(method, Function):
            types = {one.arg: _named(one.annotation) for one in [*method.args.args, *method.args.kwonlyargs]}
            for child in ast.walk(method):
                found.update(_assigned(child, types))
    return found


def _assigned(node: ast.AST, types: Mapping[str, str]) -> dict[str, str]:
    """The classes of the attributes that are given an argument of the method."""
    if not isinstance(node, ast.Assign):
        return {}
    pairs: list[tuple[ast.expr, ast.expr]] = []
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs += zip(target.elts, node.value.elts, strict=False)
        else:
            pairs.append((target, node.value))
    return {
        target.attr: types[given.id]
        for target, given in pairs
        if isinstance(target, ast.Attribute) and isinstance(given, ast.Name) and given.id in types
    }


def _named(annotation: ast.expr | None) -> str:
    """The class that an annotation names, in quotes or not, or None beside it."""
    text = ast.unparse(annotation).strip("'\"") if annotation else ""
    return text.removesuffix(" | None").rpartition(".")[2]


def _names_in(node: ast.AST) -> Iterator[str]:
    for child in ast.walk(node):
        if isinstance(child, ast.Attribute):
            yield child.attr
        elif isinstance(child, ast.Name):
            yield child.id


def _is_called_unnamed(function: Function) -> bool:
    return function.name.startswith("__")


def _is_request_that_writes(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute):
        return False
    methods = {one.value for one in call.args if isinstance(one, ast.Constant)} & WRITING_METHODS
    return bool(methods) and all(keyword.arg != ONLY_READS for keyword in call.keywords)


@cache
def _aws_writes(service: str) -> frozenset[str]:
    """The operations of a service of AWS that may change something, as a client calls them."""
    names = botocore.session.get_session().get_service_model(service).operation_names
    return frozenset(xform_name(name) for name in names if Call(name).is_write)
