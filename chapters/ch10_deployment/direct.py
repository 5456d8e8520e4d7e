"""Which packages did somebody ask for? Those that no other package needs.

Run: python -m chapters.ch10_deployment.direct   (of the environment that runs it)
"""

from collections.abc import Iterable
from importlib.metadata import Distribution, distributions

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def needed_by(package: Distribution) -> set[str]:
    """What it needs here and without extras; markers decide for this machine."""
    wanted = map(Requirement, package.requires or ())
    return {
        canonicalize_name(one.name)
        for one in wanted
        if one.marker is None or one.marker.evaluate({"extra": ""})
    }


def roots(packages: Iterable[Distribution]) -> tuple[list[str], int]:
    """The names that nothing needs, and how many packages there are in all."""
    needs = {
        canonicalize_name(one.metadata["Name"]): needed_by(one) for one in packages
    }
    needed = set().union(*needs.values())
    return sorted(needs.keys() - needed), len(needs)


if __name__ == "__main__":
    names, count = roots(distributions())
    print(f"{len(names)} of {count}:", *names)
