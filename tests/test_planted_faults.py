"""The list of planted faults fits the code; ``make plant`` plants them."""

import yaml

from benchmarks.planted_faults import read_faults
from klynge import checkout


def test_every_fault_is_found_in_its_file_and_names_tests_that_exist():
    faults = read_faults()
    unit_tests = {
        test["name"]
        for path in checkout.DBT_PROJECT.rglob("*.yml")
        for test in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("unit_tests", [])
    }
    unknown = [
        f"{fault.name}: {name}"
        for fault in faults
        for name in (*fault.tests, *fault.unit_tests)
        if name not in unit_tests and not (checkout.ROOT / name.split("::")[0]).is_file()
    ]
    assert not unknown, "\n".join(["", *unknown])
    assert len(faults) >= 46
