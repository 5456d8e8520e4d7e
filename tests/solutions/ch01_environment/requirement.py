from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def read(line: str) -> tuple[str, list[str], str]:
    wanted = Requirement(line)
    name = canonicalize_name(wanted.name)
    return name, sorted(wanted.extras), str(wanted.specifier)
