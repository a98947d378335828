"""Cases of `refresh.json`: generations, what is fresh, what an answer makes of a credential. Every expectation is written by hand."""

# One case a line.
# fmt: off

from __future__ import annotations

from typing import Any

CASES: list[dict[str, Any]] = []
value: Any
NOW = 1795255200000
UNAVAILABLE = {"code": "refresh_unavailable"}

Credential = dict[str, Any]


def case(name: str, rule: str, verb: str, fields: dict[str, Any], expect: dict[str, Any], lone_surrogate: bool = False) -> None:
    CASES.append({"name": name, "rule": rule, verb: fields, **({"loneSurrogate": True} if lone_surrogate else {}), "expect": expect})


def stored(**changes: Any) -> Credential:
    base = {"type": "oauth", "provider": "xai", "access": "a1", "refresh": "r1", "expires": NOW + 200000}
    return {key: value for key, value in (base | changes).items() if value is not ...}


def generation(name: str, refresh: Any, access: Any, digest: str, **marks: bool) -> None:
    case(name, "REFRESH-4", "generation", {"refresh": refresh, "access": access}, {"generation": digest} if digest else UNAVAILABLE, **marks)


def fresh(name: str, answer: bool, credential: Any, first: Any = None, rejected: Any = None, now: int = NOW) -> None:
    case(name, "REFRESH-2", "fresh", {"first": first, "credential": credential, "rejected": rejected, "now": now}, {"fresh": answer})


def merge(name: str, credential: Credential | str, before: Credential, requested_at: int = NOW, **answer: Any) -> None:
    """`credential` is a code where there is none."""
    expect = {"code": credential} if isinstance(credential, str) else {"credential": credential}
    given = {key: value for key, value in ({"access_token": "a2", "refresh_token": "r2", "expires_in": 3600} | answer).items() if value is not ...}
    case(name, "REFRESH-10", "merge", {"stored": before, "answer": given, "requestedAt": requested_at}, expect)


# --- the generation ---
generation("a generation", "r1", "a1", "07d2cbb1ea5cc49c945cc747eab2ab2f44f0ffa67f4fae9d83b26282a463b38f")
generation("another access token", "r1", "a2", "d80d0e7a1ef8eda5f9c5fe52acf813a5710d94bb795f9d7e71c4ed1add65f9a2")
generation("another refresh token", "r2", "a1", "0ff5e373ee7ee4ff2d23006df8e3caf407cc927f3c972ade72161d4fb03ccd9e")
generation("the other way round", "a1", "r1", "37f3f2ddaf086180beacd2fc8414b8933c337f655c7957ebdecce303aada56bc")
generation("no access token", "r1", "", "a98e51321662b38e42e31edab5d5733d66ea3f725c7d6f840ffb944197130133")
generation("no access token, and the same letters", "r1a1", "", "e974f73089e29d118a2225a711cd2bed492ce5befe4405f5801f4fe0b7273f97")
generation("white space in front counts", " r1", "a1", "e602bbaffa7ec931cc5040ddd2b71bc046de6f3e55263920c5138b7f51e0c479")
generation("white space behind counts", "r1 ", "a1", "2469827b6b0fca640b8a6f9db363f4076f9a95fdfc579e323a4dc83936cd96ba")
generation("a newline behind counts", "r1\n", "a1", "39b19bbe7c1135cdb42514e62cdce75b2e9fc9970c39d84db3c055c02a04d329")
generation("case counts", "R1", "a1", "bf0685bbd729168560acea27570836c88249626c57d67ba4a7ce7dff94434f73")
generation("non-ASCII is UTF-8", "\u00e9", "\U0001f600", "a37f9fa5e4cbd2ce961e0af4ae9176c6211393bfc40464e19dcb2df261897ed4")
generation("composed tokens", "\u00e9", "x", "ae274a223d65d24988f33e288b5f94abe49f2103a5012f4f9b6329998daeef02")
generation("decomposed tokens", "e\u0301", "x", "eaebc3466acf97542e9c09762666520ebfbc925858b68449602aa14b0886deba")
generation("4,096 characters each", "x" * 4096, "y" * 4096, "eb1ee06514d2c122250dd4ec59ecac567744632c906776790db9c6b258c19916")
for text, value in (("missing", None), ("a number", 5), ("a list", ["a1"])):
    generation(f"an access token that is {text}", "r1", value, "a98e51321662b38e42e31edab5d5733d66ea3f725c7d6f840ffb944197130133")
generation("an access token that is no text is as good as none, the refresh token too", {"r": 1}, True, "d44121536d620cf10cc2abd434264ed5e71112746bf57760720822dcb610bce9")
generation("NUL in the refresh token", "r1\0a1", "", "")
generation("NUL in the access token", "r1", "\0", "")
generation("a lone surrogate in the refresh token", "r\ud800", "a1", "", lone_surrogate=True)
generation("a lone surrogate in the access token", "r1", "\udfffa1", "", lone_surrogate=True)

# --- what is fresh ---
fresh("an hour left", True, stored(expires=NOW + 3600000))
fresh("300,001 ms left", True, stored(expires=NOW + 300001))
fresh("300,000 ms left", False, stored(expires=NOW + 300000))
fresh("expired", False, stored(expires=NOW - 1))
fresh("whatever its type", True, {"access": "a1", "expires": NOW + 3600000})
fresh("no refresh token", True, stored(refresh=..., expires=NOW + 3600000))
for text, value in (("missing", ...), ("null", None), ("empty", ""), ("blank", " \t\ufeff"), ("a number", 5)):
    fresh(f"access {text}", False, stored(access=value, expires=NOW + 3600000))
for text, value in (("missing", ...), ("null", None), ("text", str(NOW + 3600000)), ("true", True), ("8.64e15 and 1", 8640000000000001), ("1e300", 1e300)):
    fresh(f"expires {text}", False, stored(expires=value))
fresh("expires 8.64e15", True, stored(expires=8640000000000000))
fresh("a fraction of a millisecond more", True, stored(expires=NOW + 300000.5))
fresh("expires 0 before the epoch", False, stored(expires=0), now=-400000)
for text, value in (("null", None), ("text", "a1"), ("a list", [stored(expires=NOW + 3600000)]), ("empty", {})):
    fresh(f"no credential: {text}", False, value, stored())
# another generation than the first
SHORT = stored(access="a2", refresh="r2", expires=NOW + 250000)
fresh("changed, and later: the margin does not count", True, SHORT, stored())
fresh("changed, and later, and expired by this clock", True, stored(access="a2", refresh="r2", expires=NOW - 1000), stored(expires=NOW - 2000))
fresh("changed, and later by 1 ms", True, SHORT | {"expires": NOW + 200001}, stored())
fresh("changed, and equal", False, SHORT | {"expires": NOW + 200000}, stored())
fresh("changed, and earlier", False, SHORT | {"expires": NOW + 199999}, stored())
fresh("not changed, and later", False, stored(expires=NOW + 250000), stored())
fresh("not changed, but with more than the margin", True, stored(expires=NOW + 300001), stored())
fresh("changed, earlier, but with more than the margin", True, SHORT | {"expires": NOW + 400000}, stored(expires=NOW + 500000))
fresh("nothing has been read before", False, SHORT)
fresh("only the access token has changed", True, stored(access="a2", expires=NOW + 250000), stored())
fresh("only the refresh token has changed", True, stored(refresh="r2", expires=NOW + 250000), stored())
fresh("only another key has changed", False, stored(email="x@example.com", expires=NOW + 250000), stored())
for text, value in (("missing", ...), ("null", None), ("text", "1"), ("8.64e15 and 1", 8640000000000001)):
    fresh(f"changed, and the first one expires {text}", True, SHORT, stored(expires=value))
    fresh(f"changed, and this one expires {text}", False, SHORT | {"expires": None if value is ... else value}, stored())
fresh("changed, and neither expires", False, stored(access="a2", expires=...), stored(expires=...))
fresh("changed, and negative", True, SHORT | {"expires": -4}, stored(expires=-5))
fresh("changed, and the access token is blank", False, SHORT | {"access": " "}, stored())
fresh("changed, and there is no refresh token any more", True, {key: value for key, value in SHORT.items() if key != "refresh"}, stored())
fresh("changed from one without tokens", True, SHORT, stored(access=..., refresh=...))
# rejected
fresh("it has the rejected access token", False, stored(expires=NOW + 3600000), rejected="a1")
fresh("it has another", True, stored(expires=NOW + 3600000), rejected="a0")
fresh("the rejected token in another case is another", True, stored(expires=NOW + 3600000), rejected="A1")
fresh("the rejected token with white space is another", True, stored(expires=NOW + 3600000), rejected="a1 ")
fresh("nothing is rejected: null", True, stored(expires=NOW + 3600000), rejected=None)
fresh("nothing is rejected: empty", True, stored(expires=NOW + 3600000), rejected="")
fresh("nothing is rejected: blank, and so is the access token", False, stored(access=" ", expires=NOW + 3600000), rejected=" ")
fresh("changed, and later, and it has the rejected access token", False, stored(refresh="r2", expires=NOW + 250000), stored(), rejected="a1")
fresh("changed, and later, and the first one had it", True, SHORT, stored(), rejected="a1")
fresh("the rejected token is a refresh token", True, stored(expires=NOW + 3600000), rejected="r1")

# --- what an answer makes of a credential ---
NEW = stored(access="a2", refresh="r2", expires=NOW + 3600000)
merge("everything is answered", NEW, stored())
merge("no refresh token: the old one stays", NEW | {"refresh": "r1"}, stored(), refresh_token=...)
for text, value in (("null", None), ("empty", ""), ("blank", " \u00a0"), ("a number", 7)):
    merge(f"the refresh token is {text}: the old one stays", NEW | {"refresh": "r1"}, stored(), refresh_token=value)
    merge(f"the access token is {text}: no answer at all", "refresh_outcome_unknown", stored(), access_token=value)
merge("no access token: no answer at all", "refresh_outcome_unknown", stored(), access_token=...)
merge("an error in a good answer", "refresh_outcome_unknown", stored(), access_token=..., refresh_token=..., expires_in=..., error="invalid_grant")
merge("the same tokens again", stored(expires=NOW + 3600000), stored(), access_token="a1", refresh_token="r1")
merge("tokens are written as they came", NEW | {"access": " a2", "refresh": "r2\n"}, stored(), access_token=" a2", refresh_token="r2\n")
merge("there was none before: refresh token and expires", NEW, stored(refresh=..., expires=...))
merge("what was stored before: no text, no number", NEW, stored(access=5, refresh=None, expires="soon"))
merge("other keys stay", NEW | {"idToken": "i1", "scopes": ["a"], "accountId": "A", "email": "x@example.com", "x": {"y": None}}, stored(idToken="i1", scopes=["a"], accountId="A", email="x@example.com", x={"y": None}))
merge("other keys of the answer are not stored", NEW, stored(), token_type="Bearer", scope="a b", id_token="i2", provider="openai", type="token", access="a3", refresh="r3", expires=1, accountId="B")
# expires
for text, value, milliseconds in (("1 s", 1, 1000), ("a fraction", 59.9999, 59999), ("less than a millisecond", 0.0004, 0), ("1.001 s, which is no double", 1.001, 1000), ("as an exponent", 3.6e3, 3600000), ("text", "7200", 7200000), ("text with zeros in front", "007200", 7200000)):
    merge(f"expires_in: {text}", NEW | {"expires": NOW + milliseconds}, stored(), expires_in=value)
for text, value in (("missing", ...), ("null", None), ("0", 0), ("negative", -60), ("text 0", "0"), ("empty text", ""), ("text with a sign", "+60"), ("text with a fraction", "60.5"), ("text with white space", " 60"), ("text with other digits", "\u0666\u0660"), ("text of 16 digits", "0000000000000060"), ("true", True), ("a list", [60]), ("beyond the last date", 8640000000000), ("1e300", 1e300), ("text beyond the last date", "999999999999999")):
    merge(f"expires_in {text}: an hour", NEW, stored(), expires_in=value)
merge("expires_in: the last date", NEW | {"expires": 8640000000000000}, stored(), expires_in=8640000000000 - NOW // 1000)
merge("expires_in counts from the request", NEW | {"expires": 61234}, stored(), requested_at=1234, expires_in=60)
merge("an hour counts from the request", NEW | {"expires": 3601234}, stored(), requested_at=1234, expires_in=...)
merge("it expires earlier than before: as it came", NEW | {"expires": NOW + 60000}, stored(expires=NOW + 9000000), expires_in=60)
# account and address
merge("an account that was not stored", NEW | {"accountId": "A"}, stored(), account_id="A")
merge("an address that was not stored", NEW | {"email": "x@example.com"}, stored(), email="x@example.com")
merge("neither is answered: both stay", NEW | {"accountId": "A", "email": "x@example.com"}, stored(accountId="A", email="x@example.com"))
merge("the same account", NEW | {"accountId": "A"}, stored(accountId="A"), account_id="A")
merge("the same account but for white space: as it came", NEW | {"accountId": " A"}, stored(accountId="A\ufeff"), account_id=" A")
merge("another account", "refresh_identity", stored(accountId="A"), account_id="B")
merge("an account in another case is another", "refresh_identity", stored(accountId="A"), account_id="a")
merge("another account, the same address", "refresh_identity", stored(accountId="A", email="x@example.com"), account_id="B", email="x@example.com")
merge("the same account, another address", NEW | {"accountId": "A", "email": "y@example.com"}, stored(accountId="A", email="x@example.com"), account_id="A", email="y@example.com")
merge("another address", "refresh_identity", stored(email="x@example.com"), email="y@example.com")
merge("the same address but for case and white space: as it came", NEW | {"email": " X@Example.com"}, stored(email="x@example.com"), email=" X@Example.com")
merge("the account is stored, another address answered: nothing contradicts", NEW | {"accountId": "A", "email": "y@example.com"}, stored(accountId="A"), email="y@example.com")
merge("the address is stored, an account answered: nothing contradicts", NEW | {"accountId": "B", "email": "x@example.com"}, stored(email="x@example.com"), account_id="B")
merge("both are stored, another address answered alone", "refresh_identity", stored(accountId="A", email="x@example.com"), email="y@example.com")
merge("another account, the same refresh token", "refresh_identity", stored(accountId="A"), account_id="B", refresh_token="r1")
for text, value in (("null", None), ("empty", ""), ("blank", "\t"), ("a number", 7)):
    merge(f"the account is {text}: not answered", NEW | {"accountId": "A"}, stored(accountId="A"), account_id=value)
    merge(f"the stored account is {text}: not said", NEW | {"accountId": "B"}, stored(accountId=value), account_id="B")
    merge(f"the address is {text}: not answered", NEW | {"email": "x@example.com"}, stored(email="x@example.com"), email=value)
merge("no access token, and another account: no answer at all", "refresh_outcome_unknown", stored(accountId="A"), access_token=..., account_id="B")
