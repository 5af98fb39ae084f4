"""A2 「分类分级、动态监管」: places are graded, with a reason, and looked at again by a date."""

from datetime import timedelta


def test_a_grade_has_a_reason_and_a_date_of_review(town, square):
    """No grade without why and until when; then it stands on the place's pages and on record with its author."""
    admin, review = town.browser("admin"), town.today + timedelta(days=180)
    assert admin.fill_in("/places/SQ/grade/", grade="A", reason="", review_on=review).wrong
    assert (
        "复评日期须晚于今天"
        in admin.fill_in("/places/SQ/grade/", grade="A", reason="夜间聚集", review_on=town.today).wrong
    )
    page = admin.fill_in("/places/SQ/grade/", grade="A", reason="夜间聚集，出口单一", review_on=review)
    assert page.fact("等级") == "A 级（最高）"
    assert page.fact("分级理由") == "夜间聚集，出口单一" and page.fact("下次复评日期") == f"{review:%Y-%m-%d}"
    assert town.browser("street").read("/place/SQ/").fact("等级") == "A 级（最高）"


def test_supervision_is_dynamic_a_grade_changes_and_each_step_is_kept(town, square):
    """A place is graded down when its dangers are gone; the record says from what to what, why, and by whom."""
    admin, review = town.browser("admin"), town.today + timedelta(days=30)
    admin.fill_in("/places/SQ/grade/", grade="A", reason="出口单一", review_on=review)
    admin.fill_in("/places/SQ/grade/", grade="C", reason="新增南口", review_on=review)
    story = town.browser("street").read("/places/SQ/").text
    assert "A 级（最高） → C 级" in story and "新增南口" in story and "系统管理员" in story


def test_places_are_found_by_class_and_by_grade(town, square):
    """The list answers "which squares are grade A?" and "which places nobody has graded yet?"."""
    town.place("M-1", "示范百货", "mall", "TRADE")
    admin = town.browser("admin")
    admin.fill_in("/places/SQ/grade/", grade="A", reason="示例", review_on=town.today + timedelta(days=30))
    assert admin.read("/places/", kind="square", grade="A").row("云栖广场")
    ungraded = admin.read("/places/", grade="none").text
    assert "示范百货" in ungraded and "云栖广场" not in ungraded
