"""Recompute the statements of chapters 2 to 6 about figures 3 to 11 from the files."""

import pytest

from sample.targets import Targets

TARGETS = Targets()
LARGE = {"made", "digitallead", "energy_cluster_denmark", "odense_robotics", "censec"}
MEDIUM = LARGE | {"we_build_denmark", "danish_sound_cluster", "food_bio_cluster"}
FIVE_HALF = {
    "copenhagen_fintech",
    "digitallead",
    "danish_life_science_cluster",
    "lifestyle_design_cluster",
    "we_build_denmark",
    "vision_denmark",
}
FOREIGN_COMPANIES = {"copenhagen_fintech", "danish_sound_cluster", "censec", "clean"}
FOREIGN_UNIVERSITIES = {
    "danish_sound_cluster",
    "energy_cluster_denmark",
    "danish_life_science_cluster",
    "odense_robotics",
    "censec",
    "copenhagen_fintech",
    "clean",
}
FOREIGN_CLUSTERS = {
    "clean",
    "censec",
    "copenhagen_fintech",
    "danish_life_science_cluster",
    "danish_sound_cluster",
    "food_bio_cluster",
}
FALLING = {"energy_cluster_denmark", "made", "vision_denmark"}
PUBLIC_LIMITED = {"made", "energy_cluster_denmark", "we_build_denmark", "censec"}
PRIVATE_LIMITED = {
    "copenhagen_fintech",
    "vision_denmark",
    "danish_life_science_cluster",
    "lifestyle_design_cluster",
}
UNIVERSITY_COLLEGES = {
    "lifestyle_design_cluster",
    "vision_denmark",
    "digitallead",
    "danish_life_science_cluster",
}


def printed(cell):
    return float(TARGETS.value(f"prose.{cell}"))


@pytest.fixture
def by_organisation(sample):
    """Return a function that runs a query of two columns and returns organisation -> value."""
    return lambda query: {k: float(v) for k, v in sample.execute(query).fetchall()}


def share_of_companies(condition):
    return (
        f"select organisation_id, 100.0 * count(*) filter ({condition}) / count(*) "
        "from danish_companies group by all"
    )


def foreign_share(condition):
    return (
        "select organisation_id, 100.0 * count(*) filter (country != 'DK') / count(*) "
        f"from funded where {condition} group by all"
    )


def test_number_of_industries(by_organisation):
    industries = by_organisation(
        "select organisation_id, count(distinct industry_code) from danish_companies group by all"
    )
    assert industries["copenhagen_fintech"] == printed("l1630.industries")
    assert industries["clean"] == printed("l1635.industries")
    assert min(industries, key=industries.get) == "copenhagen_fintech"
    assert max(industries, key=industries.get) == "clean"


def test_share_of_the_five_largest_industries(by_organisation):
    shares = by_organisation("""
        select organisation_id, 100 * sum(n) filter (place <= 5) / sum(n)
        from (
            select *, row_number() over (partition by organisation_id order by n desc) as place
            from (
                select organisation_id, industry_code, count(*) as n
                from danish_companies group by all
            )
        ) group by all
    """)
    assert {o for o, s in shares.items() if abs(s - printed("l1646.share")) < 5} == FIVE_HALF
    low = {o for o, s in shares.items() if s < printed("l1651.share")}
    assert low == {"made", "food_bio_cluster"}


def test_legal_forms(by_organisation):
    shares = {
        form: by_organisation(share_of_companies(f"legal_form = '{form}'"))
        for form in ("public_limited_company", "private_limited_company", "owner_managed",
                     "foreign_branch")
    }  # fmt: skip

    def first(form, count):
        return set(sorted(shares[form], key=shares[form].get)[-count:])

    assert first("public_limited_company", 4) == PUBLIC_LIMITED
    assert first("private_limited_company", 4) == PRIVATE_LIMITED
    assert all(shares["private_limited_company"][o] > 50 for o in PRIVATE_LIMITED)
    assert first("owner_managed", 2) == {"vision_denmark", "danish_sound_cluster"}
    assert first("owner_managed", 4) == first("owner_managed", 2) | {
        "lifestyle_design_cluster",
        "food_bio_cluster",
    }
    assert first("foreign_branch", 2) == {"copenhagen_fintech", "censec"}


def test_size_bands(by_organisation):
    large = by_organisation(share_of_companies("size_band = '250_and_over'"))
    low, high = printed("l1696.large_low"), printed("l1696.large_high")
    assert {o for o, s in large.items() if low <= s <= high} == LARGE
    others = [s for o, s in large.items() if o not in LARGE]
    assert all(abs(s - printed("l1703.large_others")) < 1 for s in others)
    assert all(large[o] > 2 * s for o in LARGE for s in others)
    medium = by_organisation(share_of_companies("size_band = '50_to_249'"))
    low, high = printed("l1707.medium_low"), printed("l1707.medium_high")
    assert {o for o, s in medium.items() if low <= s <= high} == MEDIUM


def test_institutions_take_part_in_shares_of_activities(by_organisation):
    def reach(institution):
        return by_organisation(f"""
            select a.organisation_id, 100.0 * count(p.activity_id) / count(*)
            from activities a
            left join (
                select distinct organisation_id, activity_id from participants
                where institution_type = '{institution}' and country = 'DK'
            ) p using (organisation_id, activity_id)
            where a.cluster_grant_funded
            group by all
        """)

    university, gts, college = reach("university"), reach("gts"), reach("university_college")
    assert min(university, key=university.get) == "made"
    assert max(university, key=university.get) == "danish_sound_cluster"
    assert university["made"] == pytest.approx(printed("l1811.university_made"), abs=0.5)
    assert university["danish_sound_cluster"] == pytest.approx(
        printed("l1812.university_sound"), abs=0.5
    )
    for organisation, cell in (
        ("made", "l1815.gts_made"),
        ("censec", "l1815.gts_censec"),
        ("copenhagen_fintech", "l1817.gts_fintech"),
        ("vision_denmark", "l1818.gts_vision"),
    ):
        assert gts[organisation] == pytest.approx(printed(cell), abs=0.6)
    over = printed("l1821.university_college")
    assert {o for o, s in college.items() if s > over} == UNIVERSITY_COLLEGES
    academy, arts = reach("business_academy"), reach("arts")
    design = "lifestyle_design_cluster"
    assert academy[design] == pytest.approx(printed("l1826.business_academy"), abs=0.5)
    assert arts[design] == pytest.approx(printed("l1826.arts"), abs=0.5)
    # at all other organisations, universities take part most often
    assert {o for o in university if university[o] < max(gts[o], college[o], arts[o])} == {
        "made",
        "censec",
        design,
    }


def test_foreigners_share_of_participations(by_organisation):
    companies = by_organisation(foreign_share("participant_type = 'company'"))
    low, high = printed("l2006.foreign_company_low"), printed("l2007.foreign_company_high")
    found = {o: round(s) for o, s in companies.items() if s >= low - 0.5}
    assert set(found) == FOREIGN_COMPANIES
    assert (min(found.values()), max(found.values())) == (low, high)
    assert sum(s < printed("l0424.foreign_company") for s in companies.values()) == 6
    universities = by_organisation(foreign_share("institution_type = 'university'"))
    low, high = printed("l2020.foreign_university_low"), printed("l2020.foreign_university_high")
    found = {o: round(s) for o, s in universities.items() if s >= low - 0.5}
    assert set(found) == FOREIGN_UNIVERSITIES
    assert (min(found.values()), max(found.values())) == (low, high)
    clusters = by_organisation(foreign_share("participant_type = 'cluster_organisation'"))
    over = printed("l2031.foreign_cluster")
    assert {o for o, s in clusters.items() if s > over} == FOREIGN_CLUSTERS
    assert round(clusters["clean"]) == printed("l2037.foreign_cluster_clean")


def companies_by_year(sample, condition):
    """Return organisation -> (number of distinct companies in 2021, number in 2023)."""
    rows = sample.execute(f"""
        select
            organisation_id,
            count(distinct participant_id) filter (period = 2021),
            count(distinct participant_id) filter (period = 2023),
        from funded where participant_type = 'company' and {condition} group by all
    """).fetchall()
    return {organisation: (first, last) for organisation, first, last in rows}


def test_companies_and_startups_by_year(sample):
    companies = companies_by_year(sample, "true")
    falls = {o: a - b for o, (a, b) in companies.items() if b < a}
    assert set(falls) == FALLING
    assert 680 <= sum(falls.values()) < printed("l2115.companies_fall")
    rises = sum(b - a for o, (a, b) in companies.items() if o not in falls)
    assert rises == printed("l2118.companies_rise")
    foreign = companies_by_year(sample, "country != 'DK'")
    assert sum(b for _, b in foreign.values()) > sum(a for a, _ in foreign.values())
    startups = companies_by_year(sample, "startup")
    falling = {o: pair for o, pair in startups.items() if pair[1] < pair[0]}
    rising = {o: pair for o, pair in startups.items() if pair[1] > pair[0]}
    assert (len(falling), len(rising)) == (printed("l2119.falling"), printed("l2122.rising"))
    for group, line in ((falling, "l2120"), (rising, "l2123")):
        assert [sum(years) for years in zip(*group.values(), strict=True)] == [
            printed(f"{line}.startups_2021"),
            printed(f"{line}.startups_2023"),
        ]


def test_most_companies_take_part_in_one_year(by_organisation):
    once = by_organisation("""
        select organisation_id, 100.0 * count(*) filter (years = 1) / count(*)
        from (
            select organisation_id, participant_id, count(distinct period) as years
            from funded where participant_type = 'company' and country = 'DK' group by all
        ) group by all
    """)
    assert min(once.values()) > 50


def test_half_of_the_organisations_reach_mostly_companies_outside_their_area(by_organisation):
    outside = by_organisation("""
        select c.organisation_id, 100.0 * count(*) filter (i.industry_role is null) / count(*)
        from danish_companies c left join area_industries i using (organisation_id, industry_code)
        group by all
    """)
    assert sum(s > printed("l2378.not_tied") for s in outside.values()) == 6

    def of_area(role):
        return by_organisation(f"""
            select organisation_id, 100.0 * count(*) filter (industry_role = '{role}') / count(*)
            from danish_companies left join area_industries using (organisation_id, industry_code)
            group by all
        """)

    core, supporting = of_area("core"), of_area("supporting")
    assert max(core, key=core.get) == "lifestyle_design_cluster"
    assert max(supporting, key=supporting.get) == "vision_denmark"


def test_activity_types(by_organisation):
    def share(activity_type):
        return by_organisation(f"""
            select
                organisation_id,
                100.0 * count(*) filter (activity_type = '{activity_type}') / count(*)
            from activities where cluster_grant_funded group by all
        """)

    projects, applications = share("collaboration_project"), share("rd_application")
    assert round(projects["made"]) == printed("l2715.made_collaboration")
    about = printed("l2720.collaboration")
    assert {o for o, s in projects.items() if abs(s - about) < 1} == {
        "food_bio_cluster",
        "lifestyle_design_cluster",
        "danish_sound_cluster",
        "censec",
    }
    assert set(sorted(applications, key=applications.get)[-2:]) == {
        "clean",
        "energy_cluster_denmark",
    }


def test_public_money_comes_from_whom_the_prose_says(sample):
    largest = dict(
        sample.execute("""
            select organisation_id, arg_max(funder_id, kr) from (
                select organisation_id, funder_id, sum(amount_kr) as kr
                from funding where funding_source = 'public' group by all
            ) group by all
        """).fetchall()
    )
    assert largest["food_bio_cluster"] == "state"
    assert largest["danish_life_science_cluster"] == "regions"
    municipal = {o for o, funder in largest.items() if funder == "municipalities"}
    assert municipal == {"odense_robotics", "we_build_denmark"}


def test_withheld_areas_keep_their_place(sample):
    coverage = dict(
        sample.execute("""
            select organisation_id, 100.0 * count(*) filter (participating) / count(*) as c
            from populations group by all
        """).fetchall()
    )
    order = sorted(coverage, key=coverage.get)
    assert set(order[:3]) == {
        "danish_sound_cluster",
        "danish_life_science_cluster",
        "we_build_denmark",
    }
    assert set(order[-3:]) == {"vision_denmark", "censec", "energy_cluster_denmark"}


def test_staff_follow_the_money(by_organisation):
    other = by_organisation("""
        select
            organisation_id,
            sum(full_time_equivalents) filter (staff_funder = 'other_income')
            / sum(full_time_equivalents),
        from full_time_equivalents group by all
    """)
    assert set(sorted(other, key=other.get)[-4:]) == {
        "food_bio_cluster",
        "danish_life_science_cluster",
        "made",
        "odense_robotics",
    }
