"""Who may do what: arithmetic on plain values. Where a rule refuses it returns the reason, else None."""

import hashlib
import re

from anlan.domains.accounts.terms import COMMA, FirstRole, Refusal, Right

STEP = 6  # digits of one step of an organisation's path: a million organisations
MAX_DEPTH = 20  # steps of the longest path; the column holds twice that
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")  # what may stand in an address unescaped
USERNAME = re.compile(r"[\w.@+-]{2,60}")  # letters of any script, no spaces

FIRST_RIGHTS = {
    FirstRole.ADMINISTRATOR: tuple(Right),
    FirstRole.DUTY_OFFICER: (
        Right.VIEW,
        Right.COUNTS_CORRECT,
        Right.ARRIVALS_PLAN,
        Right.PATROLS_WALK,
        Right.PATROLS_PLAN,
        Right.ALARMS_ANSWER,
        Right.INCIDENTS_RUN,
        Right.DUTY_STAND,
        Right.NOTICES_DRAFT,
        Right.FOLLOWUPS_RUN,
        Right.HAZARDS_REPORT,
    ),
    FirstRole.DUTY_LEADER: (
        Right.VIEW,
        Right.PATROLS_WALK,
        Right.ALARMS_ANSWER,
        Right.ALARMS_JUDGE,
        Right.INCIDENTS_RUN,
        Right.INCIDENTS_SIGN,
        Right.DUTY_STAND,
        Right.NOTICES_DRAFT,
        Right.FOLLOWUPS_RUN,
        Right.HAZARDS_REPORT,
        Right.HAZARDS_VERIFY,
        Right.HAZARDS_SIGN,
    ),
    FirstRole.DEPARTMENT: (
        Right.VIEW,
        Right.ACCOUNTS_MANAGE,
        Right.PLACES_EDIT,
        Right.PLACES_DETERMINE,
        Right.SENSORS_EDIT,
        Right.THRESHOLDS_EDIT,
        Right.COUNTS_CORRECT,
        Right.ARRIVALS_PLAN,
        Right.CHANNELS_EDIT,
        Right.DOCUMENTS_EDIT,
        Right.PATROLS_WALK,
        Right.PATROLS_PLAN,
        Right.ALARMS_ANSWER,
        Right.ALARMS_JUDGE,
        Right.INCIDENTS_RUN,
        Right.INCIDENTS_SIGN,
        Right.DUTY_EDIT,
        Right.DUTY_STAND,
        Right.NOTICES_DRAFT,
        Right.FOLLOWUPS_RUN,
        Right.ENTERPRISES_EDIT,
        Right.HAZARDS_REPORT,
        Right.HAZARDS_RECTIFY,
        Right.HAZARDS_VERIFY,
        Right.HAZARDS_SUPERVISE,
        Right.HAZARDS_SIGN,
        Right.CHECKS_EDIT,
        Right.RISKMAP_EDIT,
        Right.RISKMAP_CHECK,
    ),
    FirstRole.PUBLICITY: (Right.VIEW, Right.NOTICES_DRAFT, Right.NOTICES_SIGN, Right.FOLLOWUPS_RUN),
    FirstRole.OPERATOR: (
        Right.VIEW,
        Right.PLACES_EDIT,
        Right.PLACES_DETERMINE,
        Right.COUNTS_CORRECT,
        Right.PATROLS_WALK,
        Right.PATROLS_PLAN,
        Right.ALARMS_ANSWER,
        Right.FOLLOWUPS_RUN,
        Right.HAZARDS_REPORT,
        Right.HAZARDS_RECTIFY,
        Right.HAZARDS_SIGN,
        Right.RISKMAP_EDIT,
    ),
    FirstRole.OBSERVER: (Right.VIEW,),
}


def holds_right(holdings, right, path):
    """Whether one of `holdings`, pairs (rights, organisation path), gives `right` at `path`.

    A role held at an organisation counts there and below; `path` None asks whether it is held anywhere.
    """
    return any(right in rights and (path is None or path.startswith(held)) for rights, held in holdings)


def top_paths(holdings, right):
    """The shortest organisation paths under which `right` is held: what a person may see."""
    held = sorted({path for rights, path in holdings if right in rights}, key=len)
    tops = []
    for path in held:
        if not any(path.startswith(top) for top in tops):
            tops.append(path)
    return tops


def may_give(holdings, rights, path):
    """Nobody gives what he does not hold himself: refuses where a right of `rights` is missing at `path`."""
    missing = [right for right in rights if not holds_right(holdings, right, path)]
    if missing:
        return Refusal.GIVES_MORE % {"rights": name_rights(missing)}


def stands_above(holdings, theirs):
    """Whoever changes another person's access must hold all that the other holds (pairs as in `holds_right`)."""
    if any(may_give(holdings, rights, path) for rights, path in theirs):
        return Refusal.STANDS_BELOW


def keeps_an_administrator(left):
    """At least one active administrator must remain; `left` is how many would."""
    if left < 1:
        return Refusal.LAST_ADMINISTRATOR


def name_rights(rights):
    """The labels of rights, in the order of `Right`; an unknown one by its code."""
    known = {right.value: str(right.label) for right in Right}
    return str(COMMA).join(known.get(right, right) for right in rights)


def rights_are_known(rights):
    """A role holds only rights that exist."""
    if unknown := set(rights) - set(Right.values):
        return Refusal.UNKNOWN_RIGHT % {"rights": ", ".join(sorted(unknown))}


def path_of_child(parent_path, child_id):
    """The path of an organisation: its parent's and its own id in six digits. Raises ValueError beyond them."""
    step = f"{child_id:0{STEP}d}"
    if len(step) > STEP:
        raise ValueError(f"organisation id {child_id}: a path step holds {STEP} digits")
    return parent_path + step


def depth_is_sound(steps):
    """A path has at most MAX_DEPTH steps."""
    if steps > MAX_DEPTH:
        return Refusal.TOO_DEEP % {"limit": MAX_DEPTH}


def move_is_sound(path, new_parent_path, deepest_path):
    """An organisation is not moved below itself, and the subtree (deepest path given) keeps the depth limit."""
    if new_parent_path.startswith(path):
        return Refusal.MOVES_BELOW_ITSELF
    return depth_is_sound((len(new_parent_path) + len(deepest_path) - len(path)) // STEP + 1)


def closing_is_sound(*, is_root, children, people, credentials, screens):
    """An organisation closes when nothing in use is left in it (counts given); the top one never does."""
    if is_root:
        return Refusal.ROOT_STAYS
    if children or people or credentials or screens:
        return Refusal.STILL_IN_USE % {
            "children": children,
            "people": people,
            "credentials": credentials,
            "screens": screens,
        }


def code_is_sound(code):
    """A code can stand in an address: letters, digits, hyphen, underscore."""
    if not CODE.fullmatch(code):
        return Refusal.CODE_FORM


def username_is_sound(username):
    """A sign-in name has 2 to 60 letters or digits, or the signs . @ + - _."""
    if not USERNAME.fullmatch(username):
        return Refusal.USERNAME_FORM


def fingerprint(token):
    """What is kept of a token: its SHA-256 in hex. A token is 32 random bytes, so no salt is needed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
