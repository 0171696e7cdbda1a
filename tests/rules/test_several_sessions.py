"""A log that holds several sessions: each is judged by itself."""

import words as w
from talk import Talk, wrong


def answered(talk: Talk) -> None:
    talk.client >> w.said("Hi", "item_u") >> w.create_response()
    talk.server << w.entered() << w.text_response("Hello")


def test_a_second_session_with_the_ids_of_the_first_is_judged_by_itself(talk: Talk) -> None:
    answered(talk)
    talk.server << wrong("LOG191", w.session_created(id="sess_2"))
    answered(talk)
    talk.ends()


def test_what_the_first_session_leaves_open_ends_with_it(talk: Talk) -> None:
    talk.client >> w.said("Hi", "item_u") >> w.create_response()
    talk.server << w.entered() << wrong("ORD331", w.created())
    talk.server << wrong("LOG191", w.session_created(id="sess_2"))
    answered(talk)
    talk.ends()


def test_the_same_session_created_twice_is_an_error(talk: Talk) -> None:
    talk.server << wrong("ORD301", w.session_created())
    talk.ends()
