//! How values of the domain look in JSON: ids, hours, money, instants and words, each with its schema.

use arrayvec::ArrayString;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use shixun_domain::{
    AreaCode, Fen, Hours, Id, Theme, UtcMillis,
    hours::Days,
    id,
    words::{ActivityWord, Word},
};
use std::{borrow::Cow, fmt, fmt::Write as _, marker::PhantomData, str::FromStr};
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type},
    },
};

/// A value that travels as text. `Text` says how it is called, checked and shown.
pub trait WireText: Sized + 'static {
    /// The name of the schema.
    fn name() -> Cow<'static, str>;
    /// The schema.
    fn schema() -> Schema;
    /// Reads it, or says what is expected.
    ///
    /// # Errors
    /// What is expected: `Chinese|English`, or a reason that [`crate::http::reasons::words`] knows.
    fn read(text: &str) -> Result<Self, String>;
    /// Writes it.
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// Room for nearly every id, instant and number.
const TEXT_LENGTH_USUAL: usize = 32;

/// A domain value as text in JSON, paths and queries.
pub struct Text<T>(pub T);

impl<T: Clone> Clone for Text<T> {
    fn clone(&self) -> Self {
        Text(self.0.clone())
    }
}
impl<T: Copy> Copy for Text<T> {}
impl<T: PartialEq> PartialEq for Text<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T: Eq> Eq for Text<T> {}

impl<T: WireText> fmt::Display for Text<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(f)
    }
}

impl<T: WireText> fmt::Debug for Text<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(f)
    }
}

impl<T: WireText> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        in_one_piece(self, serializer)
    }
}

/// Writes a value as a text, also the days of a row of long lists (`serialize_with`). The serializer looks at each piece of a text on its
/// own, and ids, hours and days come in several: they are put together first, on the stack, because an answer has hundreds.
///
/// # Errors
/// Those of the serializer.
pub fn in_one_piece<T: fmt::Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let mut text = ArrayString::<TEXT_LENGTH_USUAL>::new();
    match write!(text, "{value}") {
        Ok(()) => serializer.serialize_str(&text),
        // Longer than usual.
        Err(_) => serializer.collect_str(value),
    }
}

impl<'de, T: WireText> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<T>(PhantomData<T>);
        impl<T: WireText> de::Visitor<'_> for Reader<T> {
            type Value = Text<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{} as a string", T::name())
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text<T>, E> {
                T::read(text).map(Text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Reader(PhantomData))
    }
}

impl<T: WireText> PartialSchema for Text<T> {
    fn schema() -> RefOr<Schema> {
        RefOr::T(T::schema())
    }
}

impl<T: WireText> ToSchema for Text<T> {
    fn name() -> Cow<'static, str> {
        T::name()
    }
}

fn string(description: &str, pattern: Option<&str>, example: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).description(Some(description)).pattern(pattern).examples([example])
}

impl<K: id::Kind> WireText for Id<K> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(K::NAME)
    }

    fn schema() -> Schema {
        let pattern = format!("^{}_[0-9a-hjkmnp-tv-z]{{18}}$", K::PREFIX);
        let example = Id::<K>::new(SAMPLE_AREA, 4_611_686_018_427_387_904).to_string();
        string("Opaque identifier; it knows its kind and its area. Never take it apart.", Some(&pattern), &example)
            .into()
    }

    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|fault: id::IdFault| fault.to_string())
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The area that stands in examples: 遂昌县.
pub const SAMPLE_AREA: AreaCode = match AreaCode::new(331_123) {
    Ok(area) => area,
    Err(_) => unreachable!(),
};

macro_rules! text {
    ($type:ty, $name:literal, $schema:expr, $expected:expr) => {
        impl WireText for $type {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed($name)
            }

            fn schema() -> Schema {
                $schema.into()
            }

            fn read(text: &str) -> Result<Self, String> {
                <$type>::from_str(text).map_err(|_| $expected.to_owned())
            }

            fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}

text!(
    Hours,
    "Hours",
    string(
        "Hours (学时) with at most two decimals, as a string so that nothing is rounded.",
        Some(r"^-?\d{1,11}(\.\d{1,2})?$"),
        "12.50"
    ),
    "应为最多两位小数的数，写成文本，如\"12.50\"|a decimal number with at most two places, as a string such as \"12.50\""
);
text!(
    Days,
    "Days",
    string("Days of training (天) with at most two decimals, as a string.", Some(r"^\d{1,5}(\.\d{1,2})?$"), "3.00"),
    "应为最多两位小数的天数，写成文本，如\"3.00\"|days with at most two places, as a string such as \"3.00\""
);
text!(
    Fen,
    "Yuan",
    string("Money in yuan (元) with at most two decimals, as a string.", Some(r"^-?\d{1,11}(\.\d{1,2})?$"), "1200.00"),
    "应为以元计的金额，最多两位小数，写成文本，如\"1200.00\"|an amount in yuan with at most two places, as a string such as \"1200.00\""
);
text!(
    AreaCode,
    "AreaCode",
    string("Six-digit code of GB/T 2260.", Some(r"^\d{6}$"), "331123"),
    "应为GB/T 2260的六位行政区划代码，如\"331123\"|a six-digit area code of GB/T 2260 such as \"331123\""
);

text!(
    Theme,
    "Theme",
    string(
        "What training is about: a lower-case word such as `ethics`, `it`, `management`, `practice`, `subject`, `cross_subject`, `class_head`, `mental_health`, `new_teacher`, `head_qualification`, or one that a policy pack declares.",
        Some("^[a-z][a-z0-9_]{0,31}$"),
        "subject"
    ),
    "应为1到32个小写字母、数字和下划线，以字母开头|1 to 32 lower-case letters, digits and underscores, beginning with a letter"
);

text!(
    ActivityWord,
    "ActivityWord",
    string(
        "A lower-case word for an activity (`open_lesson`), a role in it (`speaker`), its result (`first_prize`), a kind of evidence (`certificate`) or a source (`zj_platform`).",
        Some("^[a-z][a-z0-9_]{0,31}$"),
        "open_lesson"
    ),
    "应为1到32个小写字母、数字和下划线，以字母开头|1 to 32 lower-case letters, digits and underscores, beginning with a letter"
);

impl WireText for UtcMillis {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Instant")
    }

    fn schema() -> Schema {
        string("Instant in RFC 3339 with an offset.", None, "2026-11-23T08:00:00.000+08:00")
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .into()
    }

    fn read(text: &str) -> Result<Self, String> {
        // Whoever takes a query apart makes a blank of a `+` that was not written as `%2B`; before its offset an instant has none.
        let blank = text.rsplit_once(' ').filter(|(before, _)| before.contains('T'));
        let whole = blank.map(|(before, offset)| format!("{before}+{offset}"));
        UtcMillis::parse_rfc3339(whole.as_deref().unwrap_or(text)).ok_or_else(|| {
            "应为带时区的时刻，如\"2026-11-23T08:00:00+08:00\"|an instant such as \"2026-11-23T08:00:00+08:00\""
                .to_owned()
        })
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A word of a closed list, as text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct OneOf<W>(pub W);

impl<W: Word> Serialize for OneOf<W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.word())
    }
}

impl<W: Word> fmt::Debug for OneOf<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.word())
    }
}

impl<'de, W: Word> Deserialize<'de> for OneOf<W> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        W::from_str(&text).map(OneOf).map_err(|unknown| de::Error::custom(unknown.to_string()))
    }
}

impl<W: Word> PartialSchema for OneOf<W> {
    fn schema() -> RefOr<Schema> {
        RefOr::T(
            ObjectBuilder::new()
                .schema_type(Type::String)
                .description(Some(W::describe()))
                .enum_values(Some(W::all().iter().map(|word| word.word())))
                .into(),
        )
    }
}

impl<W: Word> ToSchema for OneOf<W> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(W::NAME)
    }
}

/// Hours as JSON shows them.
pub type HoursText = Text<Hours>;
/// Days of training as JSON shows them.
pub type DaysText = Text<Days>;
/// Money as JSON shows it.
pub type YuanText = Text<Fen>;
/// An instant as JSON shows it.
pub type InstantText = Text<UtcMillis>;
/// An area as JSON shows it.
pub type AreaText = Text<AreaCode>;

/// The area an operation is about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct AreaPath {
    /// Code of the area (GB/T 2260).
    pub area_code: AreaText,
}

/// A theme as JSON shows it.
pub type ThemeText = Text<Theme>;

/// An open word of an activity as JSON shows it.
pub type ActivityText = Text<ActivityWord>;

/// Declares the aliases under which wire structs name ids: a schema macro cannot see through generic arguments.
macro_rules! refs {
    ($($alias:ident = $id:ident;)*) => {$(
        #[doc = concat!("A [`shixun_domain::id::", stringify!($id), "`] as text.")]
        pub type $alias = Text<shixun_domain::id::$id>;
    )*};
}

refs! {
    OrganisationRef = OrganisationId;
    PersonRef = PersonId;
    TeacherRef = TeacherId;
    AccountRef = AccountId;
    RoleGrantRef = RoleGrantId;
    PersonFactRef = PersonFactId;
    PolicyPackRef = PolicyPackId;
    HourEntryRef = HourEntryId;
    WaiverRef = WaiverId;
    ProgrammeRef = ProgrammeId;
    SessionRef = SessionId;
    UnitRef = UnitId;
    UnitChangeRef = UnitChangeId;
    SessionChangeRef = SessionChangeId;
    FilingWindowRef = FilingWindowId;
    EnrolmentRef = EnrolmentId;
    RepeatAllowanceRef = RepeatAllowanceId;
    AttendanceRef = AttendanceId;
    EventRef = EventId;
    ImportRef = ImportId;
    CertificateRef = CertificateId;
    FrozenReportRef = FrozenReportId;
    RecordRef = OutsideRecordId;
    TransferRef = TransferId;
    DisputeRef = DisputeId;
    JobRef = JobId;
}

macro_rules! words {
    ($($alias:ident = $word:path;)*) => {$(
        #[doc = concat!("A word of [`", stringify!($word), "`].")]
        pub type $alias = OneOf<$word>;
    )*};
}

words! {
    RouteWord = shixun_domain::words::Route;
    DeliveryFormWord = shixun_domain::words::DeliveryForm;
    LevelWord = shixun_domain::words::Level;
    StageWord = shixun_domain::words::Stage;
    TitleWord = shixun_domain::words::Title;
    PostWord = shixun_domain::words::Post;
    SexWord = shixun_domain::words::Sex;
    SettingWord = shixun_domain::words::Setting;
    OrganisationKindWord = shixun_domain::words::OrganisationKind;
    EnrolmentStatusWord = shixun_domain::enrolment::EnrolmentStatus;
    EvaluationStateWord = shixun_domain::enrolment::EvaluationState;
    MarkWord = shixun_domain::enrolment::Mark;
    OutcomeWord = shixun_domain::enrolment::Outcome;
    CertificateStateWord = shixun_domain::certificates::CertificateState;
    FreezeStateWord = shixun_domain::frozen_reports::FreezeState;
    JobKindWord = shixun_domain::jobs::JobKind;
    JobStateWord = shixun_domain::jobs::JobState;
    JobUnitWord = shixun_domain::jobs::JobUnit;
    RoleWord = shixun_domain::access::Role;
    ImportKindWord = shixun_domain::imports::ImportKind;
    ImportModeWord = shixun_domain::imports::ImportMode;
    DirectionWord = shixun_domain::records::transfer::Direction;
    DifferenceWord = shixun_domain::records::reconcile::Difference;
    TransferStateWord = shixun_domain::records::transfer::TransferState;
    DisputeStateWord = shixun_domain::ledger::dispute::DisputeState;
    RecordCategoryWord = shixun_domain::records::RecordCategory;
    RecordStateWord = shixun_domain::records::RecordState;
    RecordStepWord = shixun_domain::records::RecordStep;
    LeaveKindWord = shixun_domain::people::facts::LeaveKind;
    FactKindWord = shixun_domain::people::facts::FactKind;
    ClearFieldWord = shixun_domain::people::contact::ClearField;
}
