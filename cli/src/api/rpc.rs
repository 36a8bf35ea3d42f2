//! The methods of the contract that this program calls: where each is and whether it may be repeated. A test compares
//! them with the contract, so that nothing of it has to be built into the program.

use ::http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

/// What needs no escape in a part of a path or of a query.
const PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A text as a part of a path or of a query.
pub(crate) fn escaped(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, PART)
}

/// A method of the contract.
#[derive(Debug)]
pub(crate) struct Rpc {
    /// Its name on the wire.
    #[cfg_attr(not(test), expect(dead_code, reason = "by which the test finds it in the contract"))]
    pub(crate) name: &'static str,
    /// The method of HTTP.
    pub(crate) verb: Method,
    /// The path, with a place for each of its parameters.
    pub(crate) template: &'static str,
    /// Whether a call whose fate is unknown may be made again.
    pub(crate) repeatable: bool,
}

impl Rpc {
    /// The path with its parameters filled in, one after the other.
    pub(crate) fn path(&self, ids: &[&str]) -> String {
        let mut path = String::new();
        let (mut rest, mut ids) = (self.template, ids.iter());
        while let Some((before, after)) = rest.split_once('{') {
            path += &format!("{before}{}", escaped(ids.next().copied().unwrap_or_default()));
            rest = after.split_once('}').map_or("", |(_, after)| after);
        }
        path + rest
    }
}

macro_rules! rpcs {
    ($($constant:ident = $name:literal $verb:ident $template:literal $repeatable:literal;)+) => {
        impl Rpc {
            $(pub(crate) const $constant: Self = Self {
                name: concat!("/labelmesh.", $name), verb: Method::$verb, template: $template, repeatable: $repeatable,
            };)+
        }

        /// All of them.
        #[cfg(test)]
        const RPCS: &[&Rpc] = &[$(&Rpc::$constant),+];
    };
}

rpcs! {
    LOGIN = "auth.v1.AuthService/Login" POST "/v1/sessions" false;
    LOGOUT = "auth.v1.AuthService/Logout" DELETE "/v1/sessions/current" true;
    CREATE_USER = "users.v1.UserService/CreateUser" POST "/v1/users" true;
    GET_USER = "users.v1.UserService/GetUser" GET "/v1/users/{user_id}" true;
    LIST_USERS = "users.v1.UserService/ListUsers" GET "/v1/users" true;
    GET_ME = "users.v1.UserService/GetMe" GET "/v1/me" true;
    CREATE_TASK = "tasks.v1.TaskService/CreateTask" POST "/v1/tasks" true;
    GET_TASK = "tasks.v1.TaskService/GetTask" GET "/v1/tasks/{task_id}" true;
    LIST_TASKS = "tasks.v1.TaskService/ListTasks" GET "/v1/tasks" true;
    UPLOAD_IMAGES = "tasks.v1.TaskService/UploadImages" POST "/v1/tasks/{task_id}/images" true;
    LIST_IMAGES = "tasks.v1.TaskService/ListImages" GET "/v1/tasks/{task_id}/images" true;
    SET_GOLD = "tasks.v1.TaskService/SetGold" PUT "/v1/tasks/{task_id}/gold" true;
    SUBMIT_TASK = "tasks.v1.TaskService/SubmitTask" POST "/v1/tasks/{task_id}:submit" true;
    FINISH_TASK = "tasks.v1.TaskService/FinishTask" POST "/v1/tasks/{task_id}:finish" true;
    CANCEL_TASK = "tasks.v1.TaskService/CancelTask" POST "/v1/tasks/{task_id}:cancel" true;
    WATCH_TASK = "tasks.v1.TaskService/WatchTask" GET "/v1/tasks/{task_id}:watch" true;
    LIST_RESULTS = "tasks.v1.TaskService/ListResults" GET "/v1/tasks/{task_id}/results" true;
    EXPORT_RESULTS = "tasks.v1.TaskService/ExportResults" GET "/v1/tasks/{task_id}/export" true;
    LEASE = "subtasks.v1.SubtaskService/LeaseSubtasks" POST "/v1/subtasks:lease" true;
    EXTEND = "subtasks.v1.SubtaskService/ExtendLeases" POST "/v1/subtasks:extend" true;
    RELEASE = "subtasks.v1.SubtaskService/ReleaseSubtasks" POST "/v1/subtasks:release" true;
    SKIP = "subtasks.v1.SubtaskService/SkipSubtask" POST "/v1/subtasks/{subtask_id}:skip" true;
    VOTE = "subtasks.v1.SubtaskService/Vote" POST "/v1/subtasks/{subtask_id}:vote" true;
    MY_STATISTICS = "subtasks.v1.SubtaskService/GetMyStatistics" GET "/v1/me/statistics" true;
    MY_VOTES = "subtasks.v1.SubtaskService/ListMyVotes" GET "/v1/me/tasks/{task_id}/votes" true;
    LIST_DECISIONS = "subtasks.v1.SubtaskService/ListDecisions" GET "/v1/tasks/{task_id}/images/{image_id}/decisions" true;
    ADJUDICATE = "subtasks.v1.SubtaskService/AdjudicateImage" POST "/v1/tasks/{task_id}/images/{image_id}:adjudicate" true;
    IMPORT_VOTES = "subtasks.v1.SubtaskService/ImportVotes" POST "/v1/tasks/{task_id}/votes:import" true;
    IMPORT_DECISIONS = "subtasks.v1.SubtaskService/ImportDecisions" POST "/v1/tasks/{task_id}/decisions:import" true;
    REDECIDE = "subtasks.v1.SubtaskService/RedecideTask" POST "/v1/tasks/{task_id}:redecide" true;
    GET_REDECISION = "subtasks.v1.SubtaskService/GetRedecision" GET "/v1/tasks/{task_id}/redecision" true;
    GET_AGREEMENT = "subtasks.v1.SubtaskService/GetAgreement" GET "/v1/tasks/{task_id}/agreement" true;
    LIST_OPERATORS = "subtasks.v1.SubtaskService/ListOperators" GET "/v1/tasks/{task_id}/operators" true;
    RESUME_OPERATOR = "subtasks.v1.SubtaskService/ResumeOperator" POST "/v1/tasks/{task_id}/operators/{operator}:resume" true;
    LIST_VOTES = "subtasks.v1.SubtaskService/ListVotes" GET "/v1/tasks/{task_id}/votes" true;
    GET_SUBTASK_IMAGE = "subtasks.v1.SubtaskService/GetSubtaskImage" GET "/v1/subtasks/{subtask_id}/image" true;
}

#[cfg(test)]
mod tests {
    use labelmesh_proto::{DESCRIPTORS, method};
    use labelmesh_transcode::Transcoder;

    use super::*;

    #[test]
    fn every_method_is_where_the_contract_has_it_and_repeated_only_where_that_allows_it() {
        let transcoder = Transcoder::new(DESCRIPTORS).expect("the contract");
        for rpc in RPCS {
            let method = method::find(rpc.name).unwrap_or_else(|| panic!("{} is not in the contract", rpc.name));
            assert_eq!(method.idempotency.is_repeatable(), rpc.repeatable, "{}", rpc.name);
            let found = transcoder
                .find(&rpc.verb, &rpc.path(&["x", "y"]))
                .unwrap_or_else(|_| panic!("{} has no route", rpc.name));
            assert_eq!((found.route.path(), found.route.template()), (rpc.name, rpc.template));
        }
    }

    #[test]
    fn a_parameter_can_not_leave_its_place() {
        assert_eq!(Rpc::GET_TASK.path(&["../me?x"]), "/v1/tasks/..%2Fme%3Fx");
        assert_eq!(Rpc::SUBMIT_TASK.path(&["a-1"]), "/v1/tasks/a-1:submit");
        assert_eq!(Rpc::LIST_TASKS.path(&[]), "/v1/tasks");
    }
}
