//! The reasons of parsers in both languages: serde and the standard library speak English only, and a clerk reads Chinese.

use crate::problem::Words;

/// What parsers of JSON say about a body that is none.
const SYNTAX: [(&str, &str); 13] = [
    ("EOF while parsing", "内容不完整，提前结束"),
    ("expected `:`", "此处应为冒号"),
    ("expected `,` or `]`", "此处应为逗号或]"),
    ("expected `,` or `}`", "此处应为逗号或}"),
    ("expected value", "此处应为一个值"),
    ("expected ident", "此处应为true、false或null"),
    ("key must be a string", "字段名须加双引号"),
    ("trailing comma", "末尾多了一个逗号"),
    ("trailing characters", "结束之后还有多余内容"),
    ("control character", "文本中含有未转义的控制字符"),
    ("recursion limit", "嵌套过深"),
    ("number out of range", "数值超出范围"),
    ("invalid number", "数值的写法不正确"),
];

/// What parsers of single values say.
const VALUES: [(&str, &str); 12] = [
    ("the id is mistyped or incomplete", "标识符有误或不完整，请原样使用接口给出的标识符"),
    ("invalid digit found in string", "应为整数"),
    ("cannot parse integer from empty string", "应为整数，不能为空"),
    ("number too large", "数值过大"),
    ("number too small", "数值过小"),
    ("provided string was not `true` or `false`", "应为true或false"),
    ("input contains invalid characters", "应为日期，如2026-11-23"),
    ("input is out of range", "没有这一天，应为日期，如2026-11-23"),
    ("premature end of input", "应为日期，如2026-11-23"),
    ("trailing input", "应为日期，如2026-11-23"),
    ("can not parse", "应为不小于0的整数"),
    ("there are no fields", "此处没有任何字段"),
];

/// A parser's reason for both readers. One of ours is `zh|en`; one that is not known is not shown to a Chinese reader, who
/// would not understand it.
pub fn words(reason: &str) -> Words {
    match reason.split_once('|') {
        Some((zh, en)) => Words::new(zh, en),
        None => Words::new(chinese(reason), reason),
    }
}

/// The values inside a parser's reason: the field it names, what was given, what is expected there. A list is joined by commas.
pub fn parameters(reason: &str) -> Vec<(&'static str, String)> {
    if reason.contains('|') {
        return Vec::new();
    }
    let quoted = |text: &str| text.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let parts = reason.split_once(", expected ").or_else(|| Some(("", reason.strip_prefix("expected ")?)));
    let (head, expected) = parts.map_or((reason, None), |(head, expected)| (head, Some(expected)));
    let name = if head.starts_with("unknown") { "given" } else { "field" };
    let named = quoted(head).into_iter().take(1).filter(|_| !head.starts_with("invalid")).map(|value| (name, value));
    let expected = expected.map(|text| match (quoted(text).as_slice(), Kind::of(text)) {
        ([], Some(kind)) => kind.word().to_owned(),
        ([], None) => ["one of ", "an id that begins with "]
            .iter()
            .fold(text, |text, start| text.strip_prefix(start).unwrap_or(text))
            .to_owned(),
        (words, _) => words.join(", "),
    });
    named.chain(expected.map(|words| ("expected", words))).collect()
}

fn chinese(reason: &str) -> String {
    let known = SYNTAX.iter().chain(&VALUES).find(|(start, _)| reason.starts_with(start));
    if let Some((_, zh)) = known {
        return (*zh).to_owned();
    }
    let quoted: Vec<&str> = reason.split('`').skip(1).step_by(2).collect();
    let (name, rest) = quoted.split_first().map_or(("", &[][..]), |(name, rest)| (*name, rest));
    let choice = |what: &str| match rest {
        [] => String::new(),
        some => format!("，可用的{what}：{}", some.join("、")),
    };
    if let Some(prefix) = reason.strip_prefix("expected an id that begins with ") {
        format!("应为以{prefix}开头的标识符")
    } else if let Some(list) = reason.strip_prefix("expected one of ") {
        format!("可用的值：{}", list.replace(", ", "、"))
    } else if reason.starts_with("missing field") {
        format!("缺少字段{name}")
    } else if reason.starts_with("duplicate field") {
        format!("字段{name}重复")
    } else if reason.starts_with("unknown field") {
        format!("没有字段{name}{}", choice("字段"))
    } else if reason.starts_with("unknown variant") {
        format!("没有“{name}”这个值{}", choice("值"))
    } else if reason.starts_with("invalid type") {
        let kind = reason.split_once(", expected ").and_then(|(_, wanted)| Kind::of(wanted));
        format!("类型不符{}", kind.map_or("", Kind::zh))
    } else if reason.starts_with("invalid value: integer") {
        "数值超出范围".to_owned()
    } else if reason.starts_with("invalid length") {
        "个数不符".to_owned()
    } else {
        "格式不正确".to_owned()
    }
}

/// The kinds of values that JSON Schema knows.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Boolean,
    Integer,
    Text,
    List,
    Object,
}

impl Kind {
    /// The kind that serde expects, where it says so in one of its own words.
    fn of(wanted: &str) -> Option<Kind> {
        let kinds = [
            ("a boolean", Kind::Boolean),
            ("a sequence", Kind::List),
            ("a map", Kind::Object),
            ("struct ", Kind::Object),
            ("internally tagged enum", Kind::Object),
        ];
        let is_integer = wanted.len() <= 5 && wanted.trim_start_matches(['i', 'u']).parse::<u8>().is_ok();
        if is_integer {
            Some(Kind::Integer)
        } else if wanted.contains("string") {
            Some(Kind::Text)
        } else {
            kinds.iter().find(|(start, _)| wanted.starts_with(start)).map(|(_, kind)| *kind)
        }
    }

    /// The word of JSON Schema.
    fn word(self) -> &'static str {
        match self {
            Kind::Boolean => "boolean",
            Kind::Integer => "integer",
            Kind::Text => "string",
            Kind::List => "array",
            Kind::Object => "object",
        }
    }

    fn zh(self) -> &'static str {
        match self {
            Kind::Boolean => "，应为true或false",
            Kind::Integer => "，应为整数",
            Kind::Text => "，应为文本（加双引号）",
            Kind::List => "，应为列表",
            Kind::Object => "，应为对象",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_of_parsers_are_said_in_chinese_too() {
        let cases = [
            ("missing field `name`", "缺少字段name"),
            ("unknown field `colour`, expected `kind` or `name`", "没有字段colour，可用的字段：kind、name"),
            ("unknown field `x`, there are no fields", "没有字段x"),
            ("expected one of school, bureau", "可用的值：school、bureau"),
            ("invalid type: integer `5`, expected a string", "类型不符，应为文本（加双引号）"),
            ("invalid type: string \"ten\", expected u16", "类型不符，应为整数"),
            ("invalid type: sequence, expected struct OrganisationIn", "类型不符，应为对象"),
            ("EOF while parsing an object", "内容不完整，提前结束"),
            ("expected an id that begins with org_", "应为以org_开头的标识符"),
            ("something nobody translated", "格式不正确"),
            ("应为日期|a day", "应为日期"),
        ];
        for (reason, zh) in cases {
            assert_eq!(words(reason).zh, zh, "{reason}");
        }
        assert_eq!(words("应为日期|a day").en, "a day");
        assert_eq!(words("missing field `name`").en, "missing field `name`");
    }

    #[test]
    fn what_a_reason_names_is_there_for_programs() {
        let cases: [(&str, &[(&str, &str)]); 8] = [
            ("missing field `name`", &[("field", "name")]),
            ("unknown field `colour`, expected `kind` or `name`", &[("given", "colour"), ("expected", "kind, name")]),
            ("unknown field `x`, there are no fields", &[("given", "x")]),
            ("expected one of school, bureau", &[("expected", "school, bureau")]),
            ("invalid type: string \"a`b`\", expected u16", &[("expected", "integer")]),
            ("expected an id that begins with org_", &[("expected", "org_")]),
            ("input is out of range", &[]),
            ("应为日期|expected a day", &[]),
        ];
        for (reason, wanted) in cases {
            let wanted: Vec<_> = wanted.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
            assert_eq!(parameters(reason), wanted, "{reason}");
        }
    }

    #[test]
    fn the_parsers_still_speak_as_they_did() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        #[allow(dead_code)]
        struct Sample {
            name: String,
            count: u16,
            on: chrono::NaiveDate,
        }
        let cases = [
            ("{", "内容不完整，提前结束"),
            ("{\"name\" 1}", "此处应为冒号"),
            ("{\"name\":\"x\" \"count\"}", "此处应为逗号或}"),
            ("{name: 1}", "字段名须加双引号"),
            ("{\"name\":}", "此处应为一个值"),
            ("{\"name\":\"x\",}", "末尾多了一个逗号"),
            ("{\"name\":\"x\"}", "缺少字段count"),
            ("{\"colour\":1}", "没有字段colour，可用的字段：name、count、on"),
            ("{\"name\":1}", "类型不符，应为文本（加双引号）"),
            ("{\"count\":\"1\"}", "类型不符，应为整数"),
            ("{\"on\":\"2026-02-30\"}", "没有这一天，应为日期，如2026-11-23"),
            ("{\"on\":\"soon\"}", "应为日期，如2026-11-23"),
        ];
        for (text, zh) in cases {
            let error = serde_json::from_str::<Sample>(text).unwrap_err().to_string();
            let reason = error.split(" at line").next().unwrap();
            assert_eq!(words(reason).zh, zh, "{text}: {reason}");
        }
    }
}
