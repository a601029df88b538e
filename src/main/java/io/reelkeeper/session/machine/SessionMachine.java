package io.reelkeeper.session.machine;

import io.reelkeeper.session.state.Notice;
import io.reelkeeper.session.state.Policy;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Task;
import java.time.Instant;
import java.util.function.Function;

/// Decides what every signal means to a session: a pure and total function.
///
/// It reads no clock, no database and no configuration but its arguments. What it does not know it
/// keeps as noted: late signals are everyday. The rules stand beside each other by what they are
/// about: `StartRules`, `QueryRules`, `NoticeRules`,
/// `StopRules`, `WatchRules`, `PageRules`, `UpdateRules`.
public final class SessionMachine {

  private SessionMachine() {}

  public static Move decide(Session session, Signal signal, Policy policy, Instant now) {
    Draft draft = new Draft(session, policy, now);
    Rule rule =
        switch (signal) {
          case Signal.StartDue it -> of(draft, it, task -> StartRules.due(draft, task));
          case Signal.Acquired it -> of(draft, it, task -> StartRules.acquired(draft, task, it));
          case Signal.StartGranted it -> of(draft, it, task -> StartRules.granted(draft, task, it));
          case Signal.StartRefused it -> of(draft, it, task -> StartRules.refused(draft, task, it));
          case Signal.StartBusy it -> of(draft, it, task -> StartRules.busy(draft, task, it));
          case Signal.StartUnheard it -> of(draft, it, task -> StartRules.unheard(draft, task, it));
          case Signal.StartedAlready it -> of(draft, it, task -> StartRules.already(draft, task));
          case Signal.SettleDue it -> of(draft, it, task -> StartRules.settle(draft, task));
          case Signal.QueryAnswered it ->
              of(draft, it, task -> QueryRules.answered(draft, task, it));
          case Signal.WorkerNotFound it -> of(draft, it, task -> QueryRules.notFound(draft, task));
          case Signal.QueryUnheard it -> of(draft, it, task -> QueryRules.unheard(draft, task));
          case Signal.QueryPostponed it ->
              of(draft, it, task -> QueryRules.postponed(draft, task, it));
          case Signal.QueryRefused it -> of(draft, it, task -> QueryRules.refused(draft, task));
          case Signal.Present it -> of(draft, it, task -> QueryRules.present(draft, task, it));
          case Signal.HaDue it -> of(draft, it, task -> WatchRules.haDue(draft, task, it));
          case Signal.ExpiryDue it -> of(draft, it, task -> WatchRules.expiry(draft, task));
          case Signal.PageReady it -> of(draft, it, task -> PageRules.ready(draft, task));
          case Signal.PageAlive it -> of(draft, it, task -> PageRules.alive(draft, task));
          case Signal.PageDue it -> of(draft, it, task -> PageRules.due(draft, task));
          case Signal.Noticed it -> NoticeRules.noticed(draft, it.notice());
          case Signal.Warned _ -> Rule.WARNED;
          case Signal.UpdateAsked it -> UpdateRules.asked(draft, it);
          case Signal.UpdateAnswered it ->
              of(draft, it, task -> UpdateRules.answered(draft, task, it));
          case Signal.CredentialsSent it ->
              of(draft, it, task -> UpdateRules.credentials(draft, task, it));
          case Signal.StorageTokenLate it ->
              of(draft, it, task -> UpdateRules.storageTokenLate(draft, task, it));
          case Signal.TokenDue it -> of(draft, it, task -> UpdateRules.tokenDue(draft, task));
          case Signal.ReplaceAsked _ -> WatchRules.replaceAsked(draft);
          case Signal.StopAsked it -> StopRules.asked(draft, it);
          case Signal.StopAnswered it -> of(draft, it, task -> StopRules.answered(draft, task, it));
          case Signal.Audited it -> of(draft, it, task -> StopRules.audited(draft, task, it));
        };
    return draft.move(rule);
  }

  /// Whether a notice may bring the sid that a start of unknown outcome got.
  public static boolean mayBelongTo(Session session, Notice notice) {
    return session.tasks().stream().anyMatch(task -> NoticeRules.answersTo(task, notice));
  }

  /// Whether it matters what the watchdog of the App ID says: only then may that give up.
  public static boolean lacksHa(Session session, int task, Policy policy, Instant now) {
    Draft draft = new Draft(session, policy, now);
    return draft.task(task).filter(it -> WatchRules.lacksHa(draft, it)).isPresent();
  }

  private static Rule of(Draft draft, Signal.OfTask signal, Function<Task, Rule> rules) {
    return draft.task(signal.task()).map(rules).orElse(Rule.NOTED);
  }
}
