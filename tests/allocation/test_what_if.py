"""What-ifs that can be checked by hand, and what-ifs in which nothing can be shared."""

from decimal import Decimal

import pytest

from klynge.errors import InputError
from klynge.whatif.answers import lines
from tests.allocation.files import CODES, HEADER, SMALL, awards, small, tried
from tests.intake.door import write

POT = {"cluster": Decimal(100)}


class TestByHand:
    """Each test shares a pot between two applications, as computed by hand.

    By default the pot has 100 kr. One application is for 30 kr. with 8 points, the other for 90 kr.
    with 6.5 points.
    """

    def test_proportional(self, release, tmp_path):
        # 100 / (8 x 30 + 6.5 x 90) = 0.1212: 29.09 and 70.909 kr.
        outcome = tried(release, small(tmp_path), pots=POT)
        assert awards(outcome) == [Decimal("29.09"), Decimal("70.91")]
        [pot] = outcome.pots.to_pylist()
        assert (pot["lambda_numerator"], pot["lambda_denominator"]) == (4, 33)
        assert pot["pot_state"] == "spent"

    def test_above_the_minimum_the_lowest_weighs_nothing(self, release, tmp_path):
        outcome = tried(release, small(tmp_path), pots=POT, rule="proportional_above_minimum")
        assert awards(outcome) == [Decimal(30), Decimal(0)]
        [pot] = outcome.pots.to_pylist()
        assert (pot["pot_state"], pot["given_kr"]) == ("everyone_full", Decimal(30))

    def test_equal_parts(self, release, tmp_path):
        outcome = tried(release, small(tmp_path), pots=POT, rule="equal_share_capped")
        assert awards(outcome) == [Decimal(30), Decimal(70)]
        [pot] = outcome.pots.to_pylist()
        assert (pot["lambda_numerator"], pot["lambda_denominator"]) == (70, 1)

    def test_parts_by_score(self, release, tmp_path):
        # 58 / (8 + 6.5) = 4 kr. a point
        outcome = tried(
            release,
            small(tmp_path),
            pots={"cluster": Decimal(58)},
            rule="score_share_capped",
        )
        # 32 kr. would be more than the first application asks for
        assert awards(outcome) == [Decimal(30), Decimal(28)]

    def test_caps_and_floors(self, release, tmp_path):
        outcome = tried(release, small(tmp_path), pots=POT, cap_kr=Decimal(60))
        assert awards(outcome) == [Decimal(30), Decimal(60)]
        # without the floor, 70 kr. would give 20.36 and 49.64 kr.
        outcome = tried(
            release, small(tmp_path), pots={"cluster": Decimal(70)}, floor_kr=Decimal(25)
        )
        assert awards(outcome) == [Decimal(25), Decimal(45)]

    def test_one_ore_goes_to_the_better_score(self, release, tmp_path):
        path = write(
            tmp_path,
            "tie.csv",
            HEADER,
            "clean;tourism;cluster;30;7",
            "made;construction;cluster;30;7,5",
        )
        pot = {"cluster": Decimal("0.01")}
        assert awards(tried(release, path, pots=pot, rule="equal_share_capped")) == [
            Decimal(0),
            Decimal("0.01"),
        ]

    def test_the_pots_as_one(self, release, tmp_path):
        path = write(
            tmp_path,
            "one.csv",
            HEADER,
            "clean;tourism;cluster;30;8",
            "clean;tourism;innovation;90;7",
        )
        pots = {"cluster": Decimal(40), "innovation": Decimal(20)}
        apart = tried(release, path, pots=pots, rule="equal_share_capped")
        assert awards(apart) == [Decimal(30), Decimal(20)]
        as_one = tried(release, path, pots=pots, rule="equal_share_capped", scope="call")
        assert awards(as_one) == [Decimal(30), Decimal(30)]
        assert as_one.pots["pot"].to_pylist() == ["all"]

    def test_one_organisation_of_an_area_and_all_without_competition(self, release, tmp_path):
        path = write(tmp_path, "area.csv", *SMALL[:2], "made;tourism;cluster;90;7")
        assert tried(release, path).by_application["reason"].to_pylist() == [
            "selected",
            "lost_competition",
        ]
        both = tried(release, path, competition="none")
        assert both.by_application["selected"].to_pylist() == [True, True]

    def test_minimums_and_weights_of_criteria(self, release, tmp_path):
        # with equal weights the score is 7; with 1/4 for A1 and A2 and 1/6 for the others it is
        # 6.83
        path = write(
            tmp_path,
            "criteria.csv",
            HEADER.replace("score", CODES),
            "clean;tourism;cluster;30;6;6;7;7;9;;;",
        )
        own = tried(release, path).by_application.to_pylist()[0]
        assert (own["score"], own["selected"]) == (Decimal("6.83"), True)
        equal = ",".join(f"cluster.{code}=20" for code in ("A1", "A2", "B1", "B2", "B3"))
        again = tried(release, path, weights=equal).by_application.to_pylist()[0]
        assert again["score"] == Decimal(7)
        strict = tried(release, path, minimum_criterion=Decimal("6.5"))
        assert strict.by_application.to_pylist()[0]["failed"] == "criterion A1, criterion A2"
        strict = tried(release, path, minimum_average=Decimal(7))
        assert strict.by_application.to_pylist()[0]["failed"] == "average"

    def test_a_minimum_that_stated_scores_cannot_show_is_not_said_to_be_met(
        self, release, tmp_path
    ):
        path = write(tmp_path, "low.csv", *SMALL, "am_hub;tourism;cluster;90;4")
        stated = tried(release, path)
        assert stated.has_unchecked_criteria
        assert stated.by_application["minimum_met"].to_pylist() == [None, None, False]
        rows = (HEADER.replace("score", CODES), "clean;tourism;cluster;30;7;7;7;7;7;;;")
        whole = tried(release, write(tmp_path, "criteria.csv", *rows))
        assert not whole.has_unchecked_criteria
        assert whole.by_application["minimum_met"].to_pylist() == [True]


class TestNothingToShare:
    def test_a_pot_of_zero(self, release, tmp_path):
        outcome = tried(release, small(tmp_path), pots={"cluster": Decimal(0)})
        assert awards(outcome) == [Decimal(0), Decimal(0)]
        assert outcome.pots["pot_state"].to_pylist() == ["empty_pot"]

    def test_nobody_eligible(self, release, tmp_path):
        outcome = tried(release, small(tmp_path), minimum_average=Decimal(10))
        assert awards(outcome) == [Decimal(0), Decimal(0)]
        assert outcome.pots["pot_state"].to_pylist() == ["nobody_eligible"]
        assert list(lines(outcome))[-1]["recommended_amount_kr"] == 0

    def test_floors_beyond_the_pot_are_refused(self, release, tmp_path):
        with pytest.raises(
            InputError, match=r"add up to 60\.00 kr\., but the pot cluster holds 50"
        ):
            tried(
                release,
                small(tmp_path),
                pots={"cluster": Decimal(50)},
                floor_percent=Decimal(50),
            )
