"""Cases of `state.json`: where OpenClaw keeps things, what a credential may be used for, and whose it is. Every expectation is written by hand."""

# One case a line.
# fmt: off

from __future__ import annotations

from typing import Any

CASES: list[dict[str, Any]] = []
value: Any
HOME, CWD = "/home/me", "/work"
NEW, OLD = "/home/me/.openclaw", "/home/me/.clawdbot"
NOW = 1795255200000
FENCE = "openclaw-oauth-refresh-fence:v1:"
CLAIM, DIGEST = "0123456789abcdef" * 2, "ab" * 32

Credential = dict[str, Any]


def paths(name: str, rule: str, expect: dict[str, Any], *, lone_surrogate: bool = False, **asked: Any) -> None:
    marks = {"loneSurrogate": True} if lone_surrogate else {}
    CASES.append({"name": name, "rule": rule, "paths": {"env": {}, "home": HOME, "cwd": CWD, "exists": []} | asked, **marks, "expect": expect})


def state(name: str, state_dir: str, **asked: Any) -> None:
    paths(name, "STATE-1", {"stateDir": state_dir}, **asked)


def agent(name: str, agent_id: str | None, directory: str, **asked: Any) -> None:
    given: dict[str, Any] = {} if agent_id is None else {"agentId": agent_id}
    paths(name, "STATE-2", {"agentDir": f"{NEW}/agents/{directory}/agent"}, **given, **asked)


def main_agent(name: str, directory: str, **asked: Any) -> None:
    paths(name, "STATE-2", {"mainAgentDir": directory}, **asked)


def locks(name: str, provider: str, profile_id: str, sha256: str, fnv: str, **marks: bool) -> None:
    directory = f"{NEW}/locks/oauth-refresh"
    paths(name, "STATE-3", {"refreshLocks": [f"{directory}/sha256-{sha256}", f"{directory}/lock-{fnv}"]}, provider=provider, profileId=profile_id, **marks)


def refused(name: str, rule: str, **asked: Any) -> None:
    paths(name, rule, {"code": "file_lock_invalid_option"}, **asked)


def credential(name: str, rule: str, stored: Any, main: Any = None, now: int = NOW, **expect: Any) -> None:
    """Only what `expect` names is compared."""
    CASES.append({"name": name, "rule": rule, "credential": stored, "main": main, "now": now, "expect": expect})


def oauth(**changes: Any) -> Credential:
    base = {"type": "oauth", "provider": "xai", "access": "a1", "refresh": "r1", "expires": NOW + 3600000}
    return {key: value for key, value in (base | changes).items() if value is not ...}


def usable(name: str, answer: bool, stored: Any, rule: str = "STATE-5", **more: Any) -> None:
    credential(name, rule, stored, usable=answer, **more)


def owner(name: str, whose: str, main: Any, agent: Any) -> None:
    CASES.append({"name": f"owner: {name}", "rule": "STATE-8", "owner": {"main": main, "agent": agent}, "expect": {"owner": whose}})


# --- STATE-1: the state directory ---
state("nothing is there", NEW)
state("the new directory is there", NEW, exists=[NEW])
state("only the old one is there", OLD, exists=[OLD])
state("both are there", NEW, exists=[OLD, NEW])
state("an older one is not looked for", NEW, exists=["/home/me/.moldbot"])
state("OPENCLAW_STATE_DIR", "/data/oc", env={"OPENCLAW_STATE_DIR": "/data/oc"}, exists=[NEW, OLD])
state("OPENCLAW_STATE_DIR need not exist", "/nowhere", env={"OPENCLAW_STATE_DIR": "/nowhere"})
state("OPENCLAW_STATE_DIR in white space", "/data/oc", env={"OPENCLAW_STATE_DIR": " \t/data/oc\r\n"})
state("OPENCLAW_STATE_DIR empty", NEW, env={"OPENCLAW_STATE_DIR": ""})
state("OPENCLAW_STATE_DIR blank", OLD, env={"OPENCLAW_STATE_DIR": " \t"}, exists=[OLD])
state("OPENCLAW_STATE_DIR: no-break space and byte-order mark are white space", "/data/oc", env={"OPENCLAW_STATE_DIR": "\u00a0\ufeff/data/oc\u2028\u3000"})
state("OPENCLAW_STATE_DIR: next line is no white space", "/data/oc\u0085", env={"OPENCLAW_STATE_DIR": "/data/oc\u0085"})
state("OPENCLAW_STATE_DIR: a file separator is no white space", "/data/oc\u001c", env={"OPENCLAW_STATE_DIR": "/data/oc\u001c"})
state("OPENCLAW_STATE_DIR: a zero-width space is no white space", "/data/oc\u200b", env={"OPENCLAW_STATE_DIR": "/data/oc\u200b"})
state("OPENCLAW_STATE_DIR: ~", "/home/me", env={"OPENCLAW_STATE_DIR": "~"})
state("OPENCLAW_STATE_DIR: ~/", "/home/me/oc", env={"OPENCLAW_STATE_DIR": "~/oc"})
state("OPENCLAW_STATE_DIR: ~ and a backslash", "/home/me\\oc", env={"OPENCLAW_STATE_DIR": "~\\oc"})
state("OPENCLAW_STATE_DIR: ~ is the effective home", "/srv/oc/x", env={"OPENCLAW_STATE_DIR": "~/x", "OPENCLAW_HOME": "/srv/oc"})
state("OPENCLAW_STATE_DIR: another user's ~ is a name", "/work/~root/oc", env={"OPENCLAW_STATE_DIR": "~root/oc"})
state("OPENCLAW_STATE_DIR: ~ elsewhere is a name", "/data/~/oc", env={"OPENCLAW_STATE_DIR": "/data/~/oc"})
state("OPENCLAW_STATE_DIR: relative", "/work/oc", env={"OPENCLAW_STATE_DIR": "oc"})
state("OPENCLAW_STATE_DIR: dots are taken out by name", "/data/oc", env={"OPENCLAW_STATE_DIR": "/data/./x/../oc//"})
state("OPENCLAW_STATE_DIR: relative, and above the root", "/oc", env={"OPENCLAW_STATE_DIR": "../../../oc"})
state("OPENCLAW_STATE_DIR: undefined is a name", "/work/undefined", env={"OPENCLAW_STATE_DIR": "undefined"})
state("OPENCLAW_STATE_DIR: no variable is expanded", "/work/$HOME/oc", env={"OPENCLAW_STATE_DIR": "$HOME/oc"})
state("CLAWDBOT_STATE_DIR is not read", NEW, env={"CLAWDBOT_STATE_DIR": "/data/oc"})
state("OPENCLAW_PROFILE alone moves nothing", NEW, env={"OPENCLAW_PROFILE": "work"})
state("OPENCLAW_CONFIG_PATH moves nothing", NEW, env={"OPENCLAW_CONFIG_PATH": "/etc/oc/openclaw.json"})
# the effective home
state("HOME before the system's", "/h/.openclaw", env={"HOME": "/h"})
state("HOME empty", NEW, env={"HOME": ""})
state("HOME blank", NEW, env={"HOME": "  "})
state("HOME undefined", NEW, env={"HOME": "undefined"})
state("HOME null", NEW, env={"HOME": " null "})
state("HOME in another case is a name", "/work/NULL/.openclaw", env={"HOME": "NULL"})
state("HOME in white space", "/h/.openclaw", env={"HOME": " /h "})
state("HOME relative", "/work/h/.openclaw", env={"HOME": "h"})
state("HOME: dots are taken out by name", "/h/.openclaw", env={"HOME": "/x/../h/"})
state("HOME: ~ is a name", "/work/~/.openclaw", env={"HOME": "~"})
state("USERPROFILE where there is no HOME", "/u/.openclaw", env={"USERPROFILE": "/u"})
state("HOME before USERPROFILE", "/h/.openclaw", env={"HOME": "/h", "USERPROFILE": "/u"})
state("USERPROFILE where HOME is null", "/u/.openclaw", env={"HOME": "null", "USERPROFILE": "/u"})
state("OPENCLAW_HOME before HOME", "/o/.openclaw", env={"OPENCLAW_HOME": "/o", "HOME": "/h"})
state("OPENCLAW_HOME: the old directory is looked for there", "/o/.clawdbot", env={"OPENCLAW_HOME": "/o"}, exists=["/o/.clawdbot", NEW])
state("OPENCLAW_HOME: ~ is the system's home", "/h/.openclaw", env={"OPENCLAW_HOME": "~", "HOME": "/h"})
state("OPENCLAW_HOME: ~/", "/home/me/o/.openclaw", env={"OPENCLAW_HOME": "~/o"})
state("OPENCLAW_HOME: another user's ~ is a name", "/work/~root/.openclaw", env={"OPENCLAW_HOME": "~root"})
state("OPENCLAW_HOME relative", "/work/o/.openclaw", env={"OPENCLAW_HOME": "o"})
state("OPENCLAW_HOME undefined", "/h/.openclaw", env={"OPENCLAW_HOME": "undefined", "HOME": "/h"})
state("OPENCLAW_HOME blank", "/h/.openclaw", env={"OPENCLAW_HOME": " ", "HOME": "/h"})
state("no home at all: the working directory", "/work/.openclaw", home=None)
state("OPENCLAW_HOME: ~ without a home at all: the working directory", "/work/.openclaw", env={"OPENCLAW_HOME": "~/o"}, home=None)
# profiles
state("a profile", "/home/me/.openclaw-work", profile="work", exists=[NEW])
state("a profile keeps its case", "/home/me/.openclaw-Work", profile="Work")
state("a profile in white space", "/home/me/.openclaw-work", profile=" work\n")
state("the profile default", NEW, profile="default", exists=[OLD])
state("the profile DEFAULT", NEW, profile="DEFAULT")
state("a profile of 64 characters", "/home/me/.openclaw-" + "a" * 64, profile="a" * 64)
state("a profile with digits, dashes and underscores", "/home/me/.openclaw-0_-", profile="0_-")
state("a profile blank is none", OLD, profile=" ", exists=[OLD])
state("a profile of another home", "/o/.openclaw-work", profile="work", env={"OPENCLAW_HOME": "/o"})
state("the profile before OPENCLAW_STATE_DIR", "/home/me/.openclaw-work", profile="work", env={"OPENCLAW_STATE_DIR": "/data/oc"})
state("the profile default before OPENCLAW_STATE_DIR, and before the old directory", NEW, profile="default", env={"OPENCLAW_STATE_DIR": "/data/oc"}, exists=[OLD])
state("a blank profile, and OPENCLAW_STATE_DIR", "/data/oc", profile=" ", env={"OPENCLAW_STATE_DIR": "/data/oc"})
state("the profile that is named before the one of the environment", "/home/me/.openclaw-work", profile="work", env={"OPENCLAW_PROFILE": "home", "OPENCLAW_STATE_DIR": "/home/me/.openclaw-home"})
state("a profile need not exist", "/home/me/.openclaw-work", profile="work", exists=[OLD, NEW])
for name, profile in (("65 characters", "a" * 65), ("a dash in front", "-work"), ("an underscore in front", "_work"), ("a dot", "a.b"), ("a slash", "a/b"), ("two dots", ".."), ("a space", "a b"), ("non-ASCII", "b\u00fcro"), ("the Kelvin sign", "\u212aelvin"), ("the long s", "\u017f"), ("NUL", "a\0b")):
    refused(f"a profile is refused: {name}", "STATE-1", profile=profile)

# --- STATE-2: agent directories ---
agent("no agent", None, "main")
agent("an agent", "work", "work")
agent("an agent in capitals", "Work", "work")
agent("an agent in white space", " work\t", "work")
agent("an agent blank is main", " ", "main")
agent("an agent that is empty is main", "", "main")
agent("an agent of 64 characters", "A" * 64, "a" * 64)
agent("an agent of 65 characters is cut", "a" * 65, "a" * 64)
agent("an agent with underscores and dashes", "a_-b-", "a_-b-")
agent("what is not allowed becomes a dash", "my agent", "my-agent")
agent("a run of it becomes one dash", "a  /\\ b", "a-b")
agent("dashes at the ends go with it", "!work!", "work")
agent("a dash in front makes it go", "-work", "work")
agent("an underscore in front stays", "_work-", "_work")
agent("a way out is none", "../../etc", "etc")
agent("dots are not allowed", "a.b", "a-b")
agent("NUL is not allowed", "a\0b", "a-b")
agent("non-ASCII is not allowed", "b\u00fcro", "b-ro")
agent("non-ASCII in front", "\u00dcbung", "bung")
agent("the Kelvin sign is a k", "\u212aelvin!", "kelvin")
agent("a capital I with a dot is an i and a mark", "a\u0130b", "ai-b")
agent("cut after 64, then nothing is trimmed", "a" * 63 + "!b", "a" * 63 + "-")
agent("in OPENCLAW_STATE_DIR", "work", "work", env={"OPENCLAW_STATE_DIR": NEW})
agent("OPENCLAW_AGENT_DIR does not move agents", "work", "work", env={"OPENCLAW_AGENT_DIR": "/data/agent"})
agent("OPENCLAW_AGENT_DIR does not move main either, as an agent", "main", "main", env={"OPENCLAW_AGENT_DIR": "/data/agent"})
for name, agent_id in (("only dots", ".."), ("only slashes", "///"), ("only non-ASCII", "\u65e5\u672c"), ("only dashes", "--")):
    agent(f"an agent of which nothing is left is main: {name}", agent_id, "main")
agent("a dash at the end stays where all is allowed", "Work-", "work-")
agent("a dash at the end goes where something is not", "\u212awork-", "kwork")
agent("dashes at the end go before the cut", "a" * 64 + "!!", "a" * 64)
agent("a next line at the end is not white space", "work\u0085", "work")
agent("in a profile", "work", "work", profile="default", env={"OPENCLAW_STATE_DIR": "/data/oc"})
MAIN_DIR = f"{NEW}/agents/main/agent"
SQLITE = "/data/agent/openclaw-agent.sqlite"
main_agent("the main store", MAIN_DIR)
main_agent("the main store, whatever the agent", MAIN_DIR, agentId="work")
main_agent("OPENCLAW_AGENT_DIR with a database in it", "/data/agent", env={"OPENCLAW_AGENT_DIR": " /data/agent/ "}, exists=[SQLITE])
main_agent("OPENCLAW_AGENT_DIR without a database", MAIN_DIR, env={"OPENCLAW_AGENT_DIR": "/data/agent"})
main_agent("OPENCLAW_AGENT_DIR with JSON only: its releases do not read the variable", MAIN_DIR, env={"OPENCLAW_AGENT_DIR": "/data/agent"}, exists=["/data/agent", "/data/agent/auth-profiles.json"])
main_agent("OPENCLAW_AGENT_DIR without a database, main with one", MAIN_DIR, env={"OPENCLAW_AGENT_DIR": "/data/agent"}, exists=[f"{MAIN_DIR}/openclaw-agent.sqlite"])
main_agent("OPENCLAW_AGENT_DIR: both have one", "/data/agent", env={"OPENCLAW_AGENT_DIR": "/data/agent"}, exists=[SQLITE, f"{MAIN_DIR}/openclaw-agent.sqlite"])
main_agent("OPENCLAW_AGENT_DIR: ~", "/home/me/agent", env={"OPENCLAW_AGENT_DIR": "~/agent"}, exists=["/home/me/agent/openclaw-agent.sqlite"])
main_agent("OPENCLAW_AGENT_DIR blank", MAIN_DIR, env={"OPENCLAW_AGENT_DIR": " "}, exists=["/work/openclaw-agent.sqlite"])
main_agent("OPENCLAW_AGENT_DIR relative", "/work/agent", env={"OPENCLAW_AGENT_DIR": "agent"}, exists=["/work/agent/openclaw-agent.sqlite"])
main_agent("OPENCLAW_AGENT_DIR beside a profile", "/data/agent", env={"OPENCLAW_AGENT_DIR": "/data/agent"}, profile="work", exists=[SQLITE])
main_agent("PI_CODING_AGENT_DIR is not read", MAIN_DIR, env={"PI_CODING_AGENT_DIR": "/data/agent"}, exists=[SQLITE])

# --- STATE-3: refresh locks, as the released packages name them ---
locks("openai-codex", "openai-codex", "openai-codex:default", "cee1bbaed8073aace8170859a25616882c288ceeaa1119df363bf01cc0cdab65", "7b9da1f0ba485a46aaec13e8c09ceb27")
locks("anthropic", "anthropic", "anthropic:default", "3ca41129fe4df4051f8cd238745d9783c6bef528402e728a4e7c5f3485af52a5", "d86ff71f0416cea6738a705bf801262d")
locks("openai, an address", "openai", "openai:user@example.com", "7fa4ed0b02b0a8efa90d0bcfdb9f3efeca2a7688a5bf857ed7f4f858507dd58a", "05381e74f3b000f9b2edef1bc8669fab")
locks("openai", "openai", "openai:default", "5745659ffbfd6177a09e335e5c3da5e6bc0c2ed19b67af51f537ea171e03ccd0", "5440fa0b86d2697ef1152f7cb32a8157")
locks("non-ASCII and a quote", "a\u00e9", 'x"y', "267bc5a03b922e30ef6b16b1760317ef4b3016aad4f3dee90478a87b131dfdbd", "88870074f91cd7f98599ac2de0cba30d")
XAI = ("0346ad3016f8e82287e5d6d0d09722251affc9de4961290761d31d907c2bbe53", "8df5b23c6c62935aed51c69da1ce2f9d")
locks("xai", "xai", "xai:default", *XAI)
locks("the provider in capitals and white space", " \tXAI\ufeff", "xai:default", *XAI)
locks("the profile keeps its case", "xai", "XAI:Default", "4d5328fe09127d0f5056317cd023b0999f398acbd0087aa2de6e1b6d2320a9ac", "847bce7c7413a21a8af9f571e4ad9b5d")
locks("the profile keeps its white space", "xai", " xai:default ", "6293a02d55194125ca7044d660e965f9daa39d8b688ff4edea4c180b816df8a2", "3f2c59b241adc5e85d7f5bbec7e8c60d")
locks("two dots", "xai", "..", "03a4d3d74b0bb5191868980641eabd08ce1896a7d40a8c607dd975074f4d8930", "a70c78ab35bf10ef3aae8273e0d392a5")
locks("one dot", "xai", ".", "21632db936636d5d5c2b5e3f38ce1303ff274cfd7221dc9fbfa2f70175b66583", "ba97e2f1ae302b710f4b7e919f4040aa")
locks("a slash inside", "xai", "a/b", "cf96d9a344492ae9d36cc0f4ba7ef6769b915674ada2916b605ba7be04ccd7ce", "0d8c3239cd7036351edaea76c0737f04")
locks("a backslash inside", "xai", "a\\b", "d49e12cec7a9d9d3ba06f66ea56fae073d29035fdccdb49ff1ca4aa42561c8d4", "5dc6be3f8856edd0532c12a6ab49808e")
locks("a slash alone", "xai", "/", "8cb672f2503f45ac9397117d5bcafa1fc9c0077bcedc10116e31d9cbe494eb38", "c3334bf1b30bce2a5605cb91839c6167")
locks("NUL inside", "xai", "a\0b", "d4a05ecf420646db4429dbce9dea6fbafd41616a2920e9cbafc644bd698ffe71", "46691cafcb90b42173f15ff2007b7529")
locks("NUL alone", "xai", "\0", "5cce89a3887ba971b94a320377511bcd0ff49b988c17dfd2514d0bdb77ee73bc", "d106bff11be6439421e7385716d19f0c")
locks("an empty profile", "xai", "", "391c9bb8f0d53bd79f4b4f3abca4697b279cea55a64258a0363395c71b502b41", "fab232e3b826d70bcb69abd94232e597")
locks("a guillemet", "xai", "\u00abc", "a6c5dcd3dd313e246d7bed8e8d3ba39302b1a37f9db4fa320d0c547a23c224a2", "020d5657b4255d5fc9240690cc05c68e")
locks("beyond the BMP", "xai", "\U0001f600", "a3e2c69e0b09861f2b4f4ddc8dd55c8269cee310ec2a02de00d468f538ef146c", "4a6df8365ff1bd1e1fd741d6d92a6184")
locks("decomposed", "xai", "e\u0301", "e059c31ffa3251a45ee130aee442ad8df5cee4c2cd30a12bc58dca32f3419836", "d45bb497f9e8dee7ca5a1287a026bad6")
locks("composed", "xai", "\u00e9", "eca06c6b0b2e946eca5c2225a5ef28690f0a9f3fe362e17ffaf3a67475583ee7", "e065b70f22212b5fbef1e2161d4af745")
locks("U+2028 is not escaped", "xai", "\u2028", "1ce5b50806ec0c9cc85405071f94fe3b2bd5c886253e620a3e92e3587fc3585a", "620b1b0e5f886c85bd7ac900478f47a8")
locks("DEL is not escaped", "xai", "\u007f", "cc5c3dca5c6ceee4eb87914e2818d155f8bca229e1871cd47bec594ba84c9e85", "62fafbf29e8c9e1ae003db8aa784f177")
locks("control characters", "xai", "\u0001\u001f", "5bb3be140cacf389fab459084c7edb74bb385f015623d0646890c8d0ff895c4c", "ef7e3e3d08dc8fffac0df80eb414db97")
locks("control characters with short escapes", "xai", "a\nb\tc\b\f\r", "7e4846bc27ebce8bdd379e5426d3f4c7e44943985baa788f80a5c0d3270a812b", "8e70e48d95dc977ffe7efc83f7e03158")
locks("nothing is escaped for HTML", "xai", "<a>&'/", "bcf0a9a125f37f5c4426acb8cb4a2f574505dcdf59a8c28456bd5b2884b6a0b0", "fc10be98e3c30cc2bfba6f192b0d4a92")
locks("5,000 characters", "xai", "x" * 5000, "bc637742881a88e3053f1043c98329d58b936695be88ceabdebba99d179c29a8", "591694e2229dd60b66b38efcb65596cf")
locks("a profile that looks like the end of the text", "xai", '","', "55d1e0b7e814df802431190a427211758bb1af3367e0ccb189e0de7c43c5206c", "8fae820c1f7741272b3762da0fdf0d5c")
locks("a provider that looks like the end of the text", 'xai","a', "b", "cb6000a18c14414562c3e2cabe47baa9becb389053a02d6fe2df9f246c424664", "98b1d70eef8b1ab6a4e69dd26449717d")
locks("U+FFFD", "xai", "\ufffd", "c9f820e82065f48685fd45dd6937c8dad20a5daad621ebd73fd362e4f6b11583", "e2d9f0a6af26f1e2a66bf7f335bdd1f5")
locks("a lone surrogate: U+FFFD in the one, an escape in the other", "xai", "\ud800", "c9f820e82065f48685fd45dd6937c8dad20a5daad621ebd73fd362e4f6b11583", "e362dedb432c7c68fdada6bc905096e8", lone_surrogate=True)
locks("surrogates in the wrong order", "xai", "\udfff\ud800", "87459213080a479afa0ac78f4d10d6966dc5d5b099146923c5898953d1e627bf", "062ff8a52de70e3537f68e63296cb805", lone_surrogate=True)
locks("a provider with a capital beyond ASCII", "\u00c9", "x", "10dc347931bfaf65a43544f0748f2f77ad17b9c68583b68e936853cb6c0d4d85", "65be06ce82a99f951d617f06f54948c5")
locks("a provider with a capital I with a dot", "\u0130", "x", "a0d0f870856cecb6f6a2b6f6bdfb5fb7d3d231bc745c344864d78c7ef261bfb1", "3d0972cfe3150bf74b6f29c733613db8")
locks("a provider is no alias of another: zai", "zai", "zai:default", "ef4838d43ebc9cf13dce771207bf112adfe954f0564f8fd8a15956a2df6a1fc1", "5b008f0479b67ee6f8205f132fac836d")
locks("a provider is no alias of another: z.ai", "z.ai", "zai:default", "24fadeaa826841f4d97ece714c9af5e2f665c12646bba9049b0f882e2e29d5ff", "26973e1f4930bfb8e231eee483ab37de")
refused("a blank provider", "STATE-3", provider=" \ufeff", profileId="x")
refused("a provider with a capital sigma, which languages lower in two ways", "STATE-3", provider="\u0391\u03a3", profileId="x")

# --- STATE-5: usable ---
usable("an hour left", True, oauth())
usable("300,000 ms left", False, oauth(expires=NOW + 300000))
usable("300,001 ms left", True, oauth(expires=NOW + 300001))
usable("300,000.5 ms left", True, oauth(expires=NOW + 300000.5))
usable("299,999 ms left", False, oauth(expires=NOW + 299999))
usable("expired this moment", False, oauth(expires=NOW))
usable("expired", False, oauth(expires=NOW - 1))
usable("expires 1", False, oauth(expires=1))
usable("expires 0", False, oauth(expires=0))
usable("expires 0 before the epoch", False, oauth(expires=0), now=-400000)
usable("expires 1 before the epoch", True, oauth(expires=1), now=-400000)
usable("expires before the epoch", False, oauth(expires=-1), now=-400000)
usable("8.64e15", True, oauth(expires=8640000000000000))
usable("8.64e15 and 1", False, oauth(expires=8640000000000001))
usable("as an exponent", True, oauth(expires=8.64e15))
usable("1e300", False, oauth(expires=1e300))
usable("seconds, not milliseconds", False, oauth(expires=NOW // 1000 + 3600))
usable("expires as text", False, oauth(expires=str(NOW + 3600000)))
usable("expires as a date", False, oauth(expires="2026-11-21T11:00:00.000Z"))
for text, value in (("missing", ...), ("null", None), ("true", True), ("a list", [NOW + 3600000])):
    usable(f"expires {text}", False, oauth(expires=value))
usable("expires true, before the epoch: no number", False, oauth(expires=True), now=-400000)
for text, value in (("missing", ...), ("null", None), ("empty", ""), ("blank", " \t\n"), ("a number", 5), ("a byte-order mark", "\ufeff"), ("no-break spaces", "\u00a0\u2003\u3000")):
    usable(f"access {text}", False, oauth(access=value))
usable("access in white space", True, oauth(access=" a1 "))
usable("access that is a next line: not blank", True, oauth(access="\u0085"))
usable("access that is a file separator: not blank", True, oauth(access="\u001c"))
usable("access that is a zero-width space: not blank", True, oauth(access="\u200b"))
for text, value in (("missing", ...), ("null", None), ("empty", ""), ("a number", 5)):
    usable(f"refresh {text}: usable all the same", True, oauth(refresh=value))
for text, value in (("missing", ...), ("null", None), ("api_key", "api_key"), ("token", "token"), ("OAuth", "OAuth"), ("oauth and a space", "oauth ")):
    usable(f"type {text}", False, oauth(type=value))
usable("type as mode", False, oauth(type=..., mode="oauth"))
usable("provider missing: usable all the same", True, oauth(provider=...))
for text, value in (("null", None), ("a list", [oauth()]), ("text", "a1"), ("a number", 1), ("empty", {})):
    usable(f"no credential: {text}", False, value, fence=None)

# --- STATE-6: fences ---
PENDING: Credential = {"access": f"{FENCE}{CLAIM}:access:{DIGEST}", "refresh": f"{FENCE}{CLAIM}:refresh:{DIGEST}", "expires": 1}
FAILED: Credential = {"access": f"{FENCE}{CLAIM}:failed:access:{DIGEST}", "refresh": f"{FENCE}{CLAIM}:failed:refresh:{DIGEST}", "expires": 1}


def fenced(name: str, fence: str | None, **changes: Any) -> None:
    usable(name, fence is None, oauth(**changes), "STATE-6", fence=fence)


fenced("no fence", None)
usable("a fence, as OpenClaw writes it", False, oauth(**PENDING), "STATE-6", fence="pending")
usable("a fence that failed", False, oauth(**FAILED), "STATE-6", fence="failed")
fenced("a fence that has not expired", "pending", **PENDING | {"expires": NOW + 3600000})
fenced("a failed fence that has not expired", "failed", **FAILED | {"expires": NOW + 3600000})
fenced("a fence in access alone", "pending", access=PENDING["access"])
fenced("a fence in refresh alone", "pending", refresh=PENDING["refresh"])
fenced("a failed fence in refresh alone", "failed", refresh=FAILED["refresh"])
fenced("the one failed, the other not: pending", "pending", access=FAILED["access"], refresh=PENDING["refresh"])
fenced("the prefix alone", "pending", access=FENCE)
fenced("the prefix, and what nobody knows", "pending", access=FENCE + "x")
fenced("failed, but no claim of 32 digits: pending", "pending", access=f"{FENCE}{CLAIM}0:failed:access:{DIGEST}")
fenced("failed, but digits in capitals: pending", "pending", access=f"{FENCE}{CLAIM.upper()}:failed:access:{DIGEST}")
fenced("failed, and a digest that is too short: pending", "pending", access=f"{FENCE}{CLAIM}:failed:access:{DIGEST[1:]}")
fenced("failed, and something behind: pending", "pending", access=FAILED["access"] + "\n")
fenced("failed, kinds swapped: pending", "pending", access=FAILED["refresh"])
fenced("another version is no fence", None, access=FENCE.replace("v1", "v2") + CLAIM)
fenced("the prefix without its colon is no fence", None, access=FENCE[:-1])
fenced("the prefix in capitals is no fence", None, access=FENCE.upper() + CLAIM)
fenced("a space before the prefix is no fence", None, access=" " + FENCE + CLAIM)
fenced("the prefix inside is no fence", None, access="a1" + FENCE)
fenced("a fence in idToken is none", None, idToken=PENDING["access"])
usable("a fence of another type", False, oauth(**PENDING | {"type": "token"}), "STATE-6", fence="pending")

# --- REFRESH-11: identity ---


def same(name: str, answer: bool, stored: Credential, other: Credential) -> None:
    credential(name, "REFRESH-11", stored, other, sameAccount=answer)


MAIN = oauth(access="a2", refresh="r2", expires=NOW + 7200000)
same("neither says who", True, oauth(), MAIN)
same("the stored one does not say, the other does", True, oauth(), MAIN | {"accountId": "A", "email": "x@example.com"})
same("the stored one says, the other does not: account", False, oauth(accountId="A"), MAIN)
same("the stored one says, the other does not: address", False, oauth(email="x@example.com"), MAIN)
same("accounts equal", True, oauth(accountId="A"), MAIN | {"accountId": "A"})
same("accounts equal but for white space", True, oauth(accountId=" A\ufeff"), MAIN | {"accountId": "\tA"})
same("accounts differ", False, oauth(accountId="A"), MAIN | {"accountId": "B"})
same("accounts differ in case", False, oauth(accountId="A"), MAIN | {"accountId": "a"})
same("accounts equal, addresses differ", True, oauth(accountId="A", email="x@example.com"), MAIN | {"accountId": "A", "email": "y@example.com"})
same("accounts differ, addresses equal", False, oauth(accountId="A", email="x@example.com"), MAIN | {"accountId": "B", "email": "x@example.com"})
same("addresses equal", True, oauth(email="x@example.com"), MAIN | {"email": "x@example.com"})
same("addresses equal but for case and white space", True, oauth(email=" X@Example.com"), MAIN | {"email": "x@example.COM "})
same("addresses equal but for case beyond ASCII", True, oauth(email="\u00dc@example.com"), MAIN | {"email": "\u00fc@example.com"})
same("addresses differ", False, oauth(email="x@example.com"), MAIN | {"email": "y@example.com"})
same("an account there, an address here", False, oauth(email="x@example.com"), MAIN | {"accountId": "A"})
same("an account here, an address there", False, oauth(accountId="A"), MAIN | {"email": "x@example.com"})
same("both here, the address there", True, oauth(accountId="A", email="x@example.com"), MAIN | {"email": "x@example.com"})
same("both here, another address there", False, oauth(accountId="A", email="x@example.com"), MAIN | {"email": "y@example.com"})
same("blank is not said", True, oauth(accountId=" ", email="\t"), MAIN | {"accountId": "A"})
same("blank there is not said", False, oauth(accountId="A"), MAIN | {"accountId": " "})
same("a number is not said", True, oauth(accountId=7), MAIN | {"accountId": "A"})
same("null is not said", True, oauth(accountId=None, email=None), MAIN | {"email": "x@example.com"})
same("providers differ", False, oauth(), MAIN | {"provider": "openai"})
same("providers differ, accounts equal", False, oauth(accountId="A"), MAIN | {"provider": "openai", "accountId": "A"})
same("providers equal but for case and white space", True, oauth(), MAIN | {"provider": " XAI"})
same("no provider on either side", False, oauth(provider=...), {key: value for key, value in MAIN.items() if key != "provider"})
same("blank providers", False, oauth(provider=" "), MAIN | {"provider": " "})
same("refresh tokens equal, one says who", True, oauth(accountId="A"), MAIN | {"refresh": "r1"})
same("access tokens equal, one says who", True, oauth(accountId="A"), MAIN | {"access": "a1"})
same("refresh tokens equal, an account here, an address there", True, oauth(accountId="A"), MAIN | {"refresh": "r1", "email": "x@example.com"})
same("refresh tokens equal, accounts differ", False, oauth(accountId="A"), MAIN | {"refresh": "r1", "accountId": "B"})
same("access tokens equal, addresses differ", False, oauth(email="x@example.com"), MAIN | {"access": "a1", "email": "y@example.com"})
same("tokens equal, providers differ", False, oauth(), MAIN | {"access": "a1", "refresh": "r1", "provider": "openai"})
same("tokens equal but for white space", False, oauth(accountId="A"), MAIN | {"refresh": "r1 ", "access": " a1"})
same("no refresh token on either side is not equal", False, oauth(accountId="A", refresh=...), {key: value for key, value in MAIN.items() if key != "refresh"})
same("empty refresh tokens are not equal", False, oauth(accountId="A", refresh=""), MAIN | {"refresh": ""})
same("blank access tokens are not equal", False, oauth(accountId="A", access=" "), MAIN | {"access": " "})
same("null tokens are not equal", False, oauth(accountId="A", refresh=None), MAIN | {"refresh": None})
same("an access token is no refresh token", False, oauth(accountId="A"), MAIN | {"refresh": "a1", "access": "r1"})

# --- STATE-7: adoption ---


def adopt(name: str, answer: bool, stored: Any, main: Any, now: int = NOW) -> None:
    credential(name, "STATE-7", stored, main, now, mayAdopt=answer)


adopt("later", True, oauth(), MAIN)
adopt("later by 1 ms", True, oauth(), MAIN | {"expires": NOW + 3600001})
adopt("equal", False, oauth(), MAIN | {"expires": NOW + 3600000})
adopt("earlier", False, oauth(), MAIN | {"expires": NOW + 3599999})
adopt("nothing in the main store", False, oauth(), None)
adopt("nothing of one's own", False, None, MAIN)
adopt("the local one has expired", True, oauth(expires=NOW - 1), MAIN)
for text, value in (("missing", ...), ("null", None), ("text", str(NOW + 9000000)), ("true", True), ("1e300", 1e300), ("8.64e15 and 1", 8640000000000001), ("-8.64e15 and -1", -8640000000000001), ("negative", -5)):
    adopt(f"the local one expires {text}", True, oauth(expires=value), MAIN)
adopt("the local one expires 8.64e15", False, oauth(expires=8640000000000000), MAIN)
adopt("the main one has 300,000 ms left", False, oauth(expires=NOW), MAIN | {"expires": NOW + 300000})
adopt("the main one has 300,001 ms left", True, oauth(expires=NOW), MAIN | {"expires": NOW + 300001})
adopt("the main one expires never", False, oauth(), MAIN | {"expires": 1e300})
adopt("the main one is a fence", False, oauth(expires=NOW), MAIN | {"access": PENDING["access"]})
adopt("the main one's refresh token is a fence", False, oauth(expires=NOW), MAIN | {"refresh": PENDING["refresh"]})
adopt("the local one is a fence: its owner may have died", True, oauth(**PENDING), MAIN)
adopt("the local one is a failed fence", True, oauth(**FAILED), MAIN)
adopt("the main one has no access token", False, oauth(expires=NOW), MAIN | {"access": " "})
adopt("the main one has no refresh token", True, oauth(), MAIN | {"refresh": ""})
adopt("the main one is no login", False, oauth(expires=NOW), MAIN | {"type": "token"})
adopt("the local one is no login", False, oauth(type="api_key", expires=NOW), MAIN)
adopt("another provider", False, oauth(), MAIN | {"provider": "openai"})
adopt("the provider in another case", True, oauth(provider="XAI"), MAIN)
adopt("another account", False, oauth(accountId="A"), MAIN | {"accountId": "B"})
adopt("the same account", True, oauth(accountId="A"), MAIN | {"accountId": "A"})
adopt("the local one says who, the main one does not", False, oauth(email="x@example.com"), MAIN)
adopt("the same refresh token, and later", True, oauth(accountId="A"), MAIN | {"refresh": "r1"})
adopt("the very same credential", False, oauth(accountId="A"), oauth(accountId="A"))

# --- STATE-8: whose credential it is ---
EARLY, LATE = oauth(), MAIN  # an hour, and two
owner("nobody has it", "none", None, None)
owner("only main has it", "main", LATE, None)
owner("only the agent has it", "agent", None, EARLY)
owner("main's expires later", "main", LATE, EARLY)
owner("the same expires", "main", LATE | {"expires": EARLY["expires"]}, EARLY)
owner("main's expires 1 ms earlier", "agent", LATE | {"expires": EARLY["expires"] - 1}, EARLY)
owner("copies of one credential", "main", oauth(accountId="A"), oauth(accountId="A"))
owner("both have expired, main's later", "main", LATE | {"expires": NOW - 5}, oauth(expires=NOW - 6))
owner("main's without an access token: still main's", "main", LATE | {"access": ""}, EARLY)
owner("another account", "agent", LATE | {"accountId": "B"}, oauth(accountId="A"))
owner("the same account", "main", LATE | {"accountId": "A"}, oauth(accountId="A"))
owner("the agent's says who, main's does not", "agent", LATE, oauth(accountId="A"))
owner("main's says who, the agent's does not", "main", LATE | {"accountId": "A"}, EARLY)
owner("the agent's says who, and the refresh tokens are equal", "main", LATE | {"refresh": "r1"}, oauth(accountId="A"))
owner("another address", "agent", LATE | {"email": "y@example.com"}, oauth(email="x@example.com"))
owner("another provider", "agent", LATE | {"provider": "openai"}, EARLY)
owner("no provider on either side", "agent", {key: value for key, value in LATE.items() if key != "provider"}, oauth(provider=...))
for text, value in (("missing", ...), ("text", "1"), ("null", None), ("8.64e15 and 1", 8640000000000001)):
    owner(f"the agent's expires {text}", "main", LATE, oauth(expires=value))
    owner(f"main's expires {text}", "agent", oauth(access="a2", refresh="r2", expires=value), EARLY)
    owner(f"both expire {text}", "agent", oauth(access="a2", refresh="r2", expires=value), oauth(expires=value))
    owner(f"both expire {text}, copies", "main", oauth(expires=value), oauth(expires=value))
owner("neither expires, one token is equal", "agent", oauth(access="a2", expires=...), oauth(expires=...))
owner("neither expires, no access token in either", "main", oauth(access=..., expires=...), oauth(access=..., expires=...))
owner("neither expires, no tokens at all", "agent", oauth(access=..., refresh=..., expires=...), oauth(access=..., refresh="", expires=...))
owner("expires negative", "main", LATE | {"expires": -5}, oauth(expires=-5))
owner("main's is no login", "agent", LATE | {"type": "api_key"}, EARLY)
owner("the agent's is no login", "agent", LATE, oauth(type="token"))
owner("neither is a login", "agent", LATE | {"type": "token"}, oauth(type="token"))
owner("main's is no login, and the only one", "main", LATE | {"type": "token"}, None)
owner("main's is no object", "agent", "a2", EARLY)
owner("the agent's is no object", "main", LATE, [EARLY])
owner("neither is an object", "none", 1, "x")
owner("the agent's is an empty object", "agent", LATE, {})
