"""What Personalization says of itself is read whatever its shape."""

from service.upstream.explanations import (
    MAX_TEXT,
    MOST_EXPLANATIONS,
    Debug,
    Experience,
    Explanation,
    read_experiences,
    read_explanations,
)

EXPLAINED = {
    "class": "UserAttributes",
    "campaignId": "Rc7kP",
    "campaignName": "CRM Recommendations",
    "experienceId": None,
    "experienceName": None,
    "messageId": None,
    "explanationMessage": "Only for people whose country is France",
    "context": {"emailAddress": "ada@example.com"},
}


def test_an_explanation_keeps_names_and_message_and_drops_its_context():
    [told] = read_explanations([EXPLAINED])
    assert told == Explanation(
        "Rc7kP", "CRM Recommendations", "", "", "Only for people whose country is France"
    )


def test_without_a_message_the_class_speaks():
    [told] = read_explanations([EXPLAINED | {"explanationMessage": None}])
    assert told.message == "UserAttributes"


def test_fields_of_a_wrong_type_are_empty_and_long_ones_cut():
    [told] = read_explanations([{"campaignName": 7, "explanationMessage": "x" * 999}])
    assert told == Explanation("", "", "", "", "x" * MAX_TEXT)
    assert len(read_explanations([EXPLAINED] * 999)) == MOST_EXPLANATIONS


def test_experiences_are_those_that_have_an_id_each_once():
    named = EXPLAINED | {"experienceId": "Ex1Rc", "experienceName": "Bought together"}
    assert read_experiences([named, EXPLAINED, named]) == (
        Experience("Rc7kP", "CRM Recommendations", "Ex1Rc", "Bought together"),
    )


def test_debug_says_only_what_is_asked_for():
    assert Debug().wire() == {}
    assert Debug(explanations=True).wire() == {"explanations": True}
    assert Debug(experience_ids=("Ex1", "Ex2")).wire() == {"testMessages": "Ex1,Ex2"}
