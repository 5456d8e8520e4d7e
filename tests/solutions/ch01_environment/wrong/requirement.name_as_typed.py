# expect: because an index writes names in lower case
from packaging.requirements import Requirement


def read(line: str) -> tuple[str, list[str], str]:
    wanted = Requirement(line)
    return wanted.name, sorted(wanted.extras), str(wanted.specifier)
