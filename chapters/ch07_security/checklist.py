"""What a gate must keep, each line with the test that attacks it.

Ids: OWASP ASVS 5.0, and API1 to API10 of its API Security Top 10. Try: print(ROWS)
"""

from typing import NamedTuple


class Row(NamedTuple):
    asvs: str
    rule: str
    test: str


ROWS = [
    Row("7.2.3", "tokens are drawn, 128 bits or more", "tokens_are_random"),
    Row("–", "tokens are stored as digests", "a_stolen_database_opens_nothing"),
    Row("7.2.4", "a new login ends the old session", "a_new_login_ends_the_old_one"),
    Row("7.4.1", "signing out ends it on the server", "signing_out_ends_it_here"),
    Row("7.4.2", "who leaves is signed out", "who_leaves_takes_everything_along"),
    Row("11.4.2", "argon2id; old hashes replaced", "an_old_hash_is_replaced"),
    Row("6.2.1", "15 characters or more", "passwords_have_their_rule"),
    Row("6.2.4", "no password of the common list", "passwords_have_their_rule"),
    Row("6.2.8", "compared as they are, untruncated", "nothing_is_cut_off"),
    Row("6.2.9", "64 characters are allowed", "passwords_have_their_rule"),
    Row("6.3.8", "login does not tell who is known", "login_tells_nobody_apart"),
    Row("6.3.8", "not by its time either", "the_clock_tells_nobody_apart"),
    Row("6.3.1", "guessing is slowed down", "guessing_is_slowed_down"),
    Row("6.1.1", "and locks no owner out", "nobody_is_locked_out"),
    Row("3.3.1-4", "__Host-, Secure, HttpOnly, SameSite", "cookies_are_closed"),
    Row("3.5.1-3", "no forged request changes a thing", "a_forged_form_is_stopped"),
    Row("3.4.2", "CORS by a list of origins", "strangers_may_read_nothing"),
    Row("3.4.1-6", "protective headers", "every_answer_is_protected"),
    Row("4.4.2", "WebSocket: the Origin is checked", "a_socket_has_an_origin"),
    Row("4.4.3-4", "WebSocket: the session is checked", "a_socket_has_a_session"),
    Row("3.2.2", "what visitors write stays text", "a_name_stays_text"),
    Row("8.2.1 API5", "wardens' functions for wardens", "functions_are_guarded"),
    Row("8.2.2 API1", "objects only for their owner", "objects_are_guarded"),
    Row("8.2.3 API3", "no field that was not offered", "no_field_is_smuggled_in"),
    Row("9.1.1-2", "JWT: our algorithm, our key", "a_forged_jwt_is_refused"),
    Row("9.2.1+3", "JWT: in time, and for us", "a_forged_jwt_is_refused"),
    Row("13.4.2 API8", "debug is off", "debug_and_docs_are_off"),
    Row("13.4.5 API9", "docs are off", "debug_and_docs_are_off"),
    Row("13.3.1", "no key in code, none printed", "a_secret_is_not_printed"),
    Row("1.5.2", "a model file is checked, and data", "a_model_file_is_checked"),
    Row("16.5.1", "errors tell nothing", "a_crash_tells_nothing"),
    Row("API4", "bodies have a limit", "a_flood_is_stopped"),
]
