//! `/v1/jobs`.

use super::{
    service,
    wire::{JobList, JobPath, JobQuery, JobView},
};
use crate::{
    access::{Actor, SignedIn},
    document::problem_set,
    http::{
        Answer, Command, Conditions, FromPath, FromQuery, Reply,
        answer::{self, LOOK_AGAIN_SECONDS},
        command::NO_BODY,
        page,
    },
    state::App,
};
use actix_web::{
    HttpRequest, get,
    http::header::{HeaderValue, RETRY_AFTER},
    post,
    web::Data,
};
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config.service(list_jobs).service(get_job).service(cancel_job);
}

problem_set!(CancelProblems = JobEnded);

/// List one's own jobs
///
/// What the caller asked for in the last days, the latest first. A job is kept for seven days after its end.
///
/// 本人提交的任务（结束后保留七天）。
#[utoipa::path(
    operation_id = "list_jobs", tag = "jobs", params(JobQuery),
    responses((status = 200, description = "A page of jobs, without their results.", body = JobList))
)]
#[get("/jobs")]
async fn list_jobs(who: SignedIn, app: Data<App>, request: HttpRequest, query: FromQuery<JobQuery>) -> Answer {
    let page = query.0.page("jobs")?;
    let (principal, state, today) = (who.0, query.0.state.map(|state| state.0), app.clock.now().china_date());
    let wanted = page.clone();
    let (mut data, total) = app.db.read(move |conn| service::list(conn, &principal, state, &wanted, today)).await?;
    let next_cursor = page.cut(&mut data, |view: &JobView| view.id.0.number());
    page::list(&request, &JobList { data, next_cursor, total })
}

/// Read a job
///
/// How far it is and, when it is done, what came of it. For whoever asked for it, and for those who look after the whole area, as long as
/// they may do what the job does. While it waits or runs, `Retry-After` says when to look again, and the `ETag` changes with its progress.
///
/// 查看任务的进度和结果；进行中时Retry-After给出下次查询的间隔秒数。
#[utoipa::path(
    operation_id = "get_job", tag = "jobs", params(JobPath),
    responses(
        (status = 200, description = "The job.", body = JobView, headers(("Retry-After" = Option<u32>, description = "Seconds after which to look again; while it waits or runs."))),
        (status = 304, description = "Unchanged since the ETag of If-None-Match.", headers(("Retry-After" = Option<u32>, description = "As with 200.")))
    )
)]
#[get("/jobs/{job_id}")]
async fn get_job(who: SignedIn, app: Data<App>, path: FromPath<JobPath>, conditions: Conditions) -> Answer {
    let (principal, id, today) = (who.0, path.0.job_id.0, app.clock.now().china_date());
    let view = app.db.read(move |conn| service::get(conn, &principal, id, today)).await?;
    let mut response = answer::tagged(&conditions, view.etag(), &view)?;
    if !view.state.0.is_over() {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(LOOK_AGAIN_SECONDS));
    }
    Ok(response)
}

/// Cancel a job
///
/// One that waits ends at once, a running one before its next step, within seconds; `cancel_requested` says so until then. Nothing that a
/// job has written before is taken back.
///
/// 取消任务：排队中的立即取消，进行中的在下一步之前停止。
#[utoipa::path(
    operation_id = "cancel_job", tag = "jobs", params(JobPath),
    responses((status = 200, description = "Cancelled, or about to be.", body = JobView), CancelProblems)
)]
#[post("/jobs/{job_id}/cancel")]
async fn cancel_job(who: SignedIn, command: Command, path: FromPath<JobPath>) -> Answer {
    let (principal, id, today) = (who.0, path.0.job_id.0, command.at().china_date());
    let actor = Actor { account: principal.account, person: principal.person, reach: Vec::new() };
    command
        .run(&actor, NO_BODY, move |work| {
            let view = service::cancel(work, &principal, id, today)?;
            Reply::ok(Some(view.etag()), &view)
        })
        .await
}
