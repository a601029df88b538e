package io.reelkeeper.replay;

import io.reelkeeper.core.TaskId;
import io.reelkeeper.session.machine.Move;
import io.reelkeeper.session.machine.Rule;
import io.reelkeeper.session.machine.SessionMachine;
import io.reelkeeper.session.state.Notice;
import io.reelkeeper.session.state.Notice.What;
import io.reelkeeper.session.state.Policy;
import io.reelkeeper.session.state.Policy.HaWatchdog;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Session.Status;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Signal.Watchdog;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.session.state.Task.Cause;
import io.reelkeeper.session.state.TimerKind;
import io.reelkeeper.timer.TimerChange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One session lived again under some policy, in the world that its history tells of.
///
/// Every timer is served in its time, as the walks of the service would. The n-th task takes the
/// fate of the n-th task that really was, counted from its intent and then from its sid; one that
/// never was starts at once and records until it is stopped. What was not seen any more is well.
final class Simulation {

  /// More than a month of queries every ten seconds; a few seconds of work.
  private static final int MOST_STEPS = 300_000;

  /// What is known of a history ends here or there; ends and stops that it began are lived through.
  private static final Duration AFTERMATH = Duration.ofHours(1);

  /// The last thing known may come a little later when the network is not.
  private static final Duration SLACK = Duration.ofSeconds(3);

  /// After this a dead replica's work is picked up by another one.
  private static final Duration TAKEOVER = Duration.ofSeconds(12);

  /// What the other kinds do changes no recording.
  private static final Set<TimerKind> SERVED =
      EnumSet.of(
          TimerKind.START,
          TimerKind.QUERY,
          TimerKind.STOP,
          TimerKind.SETTLE,
          TimerKind.PRESENCE,
          TimerKind.HA,
          TimerKind.PAGE,
          TimerKind.TOKEN,
          TimerKind.EXPIRY);

  private final Truth truth;
  private final Policy policy;
  private final Policy configured;
  private final Agenda agenda = new Agenda();
  private final Recorders recorders = new Recorders();
  private final Map<Integer, List<Runnable>> waiting = new HashMap<>();
  private final Map<Integer, Integer> starts = new HashMap<>();
  private final Map<Integer, Integer> stops = new HashMap<>();
  private Session session;
  private Instant now;
  private @Nullable Instant overAt;
  private int steps;

  private Simulation(Session stored, Truth truth, Policy policy, Policy configured) {
    this.truth = truth;
    this.policy = policy;
    this.configured = configured;
    this.now = stored.createdAt();
    this.session = asAccepted(stored);
  }

  /// @param configured the policy that the history is taken to be made under
  static Outcome of(Session stored, Truth truth, Policy policy, Policy configured) {
    return new Simulation(stored, truth, policy, configured).live();
  }

  private static Session asAccepted(Session stored) {
    String uid = stored.task(1).map(Task::uid).orElseGet(stored.uids()::getFirst);
    return new Session(
        stored.id(),
        stored.app(),
        stored.channel(),
        stored.mode(),
        stored.slot(),
        stored.assurance(),
        stored.onIdle(),
        Status.STARTING,
        null,
        null,
        stored.destination(),
        stored.request(),
        stored.changes(),
        null,
        stored.digest(),
        stored.uids(),
        stored.labels(),
        List.of(Task.intended(1, uid, Cause.REQUESTED, 0, stored.createdAt())),
        List.of(),
        stored.createdAt(),
        stored.createdAt(),
        null,
        0);
  }

  private Outcome live() {
    intended(session.tasks().getFirst());
    agenda.set(TimerKind.START, 1, now, TimerKind.START.priority());
    truth.stops().forEach(it -> agenda.at(it.at(), () -> hear(new Signal.StopAsked(it.reason()))));
    truth.endings().forEach(it -> agenda.at(it.at(), () -> nothingLeft(it)));
    Instant known = truth.until().plus(SLACK);
    Instant settled = known.plus(AFTERMATH);
    boolean cutOff = false;
    while (!session.ended()) {
      Instant next = agenda.next();
      if (next == null || next.isAfter(wantsRecording() ? known : settled)) {
        break;
      }
      if (++steps > MOST_STEPS) {
        cutOff = true;
        break;
      }
      now = next.isAfter(now) ? next : now;
      agenda.take(this::serve);
    }
    if (!session.ended() && now.isBefore(truth.until())) {
      now = cutOff ? now : truth.until();
    }
    return outcome(!cutOff && truth.complete());
  }

  private void after(Duration time, Runnable happens) {
    agenda.at(now.plus(time), happens);
  }

  private Rule hear(Signal signal) {
    Session before = session;
    Move move = SessionMachine.decide(session, signal, policy, now);
    session = move.next();
    for (TimerChange change : move.timers()) {
      TimerKind kind = TimerKind.valueOf(change.kind());
      int number = TaskId.parse(change.instance()).number();
      switch (change) {
        case TimerChange.Set set when SERVED.contains(kind) ->
            agenda.set(kind, number, set.at(), set.priority());
        case TimerChange.Set _ -> {}
        case TimerChange.Cancel _ -> agenda.cancel(kind, number);
      }
    }
    for (Task task : session.tasks()) {
      Optional<Task> was = before.task(task.number());
      if (task.status() != Task.Status.INTENDED && waiting.containsKey(task.number())) {
        waiting.remove(task.number()).forEach(it -> agenda.at(now, it));
      }
      if (was.isEmpty()) {
        intended(task);
      }
      if (task.sid() != null && was.map(Task::sid).isEmpty()) {
        begun(task);
      }
    }
    if (overAt == null && !wantsRecording()) {
      overAt = now;
    }
    return move.rule();
  }

  private boolean wantsRecording() {
    return !session.status().isFinal() && session.status() != Status.STOPPING;
  }

  private Task task(int number) {
    return session.task(number).orElseThrow();
  }

  private @Nullable Fate fate(int number) {
    return truth.fates().get(number);
  }

  /// The fate of a task whose recorder really was; null for one that is assumed.
  private @Nullable Fate life(int number) {
    Fate fate = fate(number);
    return fate == null || fate.begunAt == null ? null : fate;
  }

  private void intended(Task task) {
    Fate fate = fate(task.number());
    if (fate != null) {
      Instant base = fate.task.intendedAt();
      int number = task.number();
      for (Fate.TokenSent token : fate.tokens()) {
        Signal sent = new Signal.CredentialsSent(number, moved(base, token.ends()), null);
        agenda.at(moved(base, token.at()), () -> hear(sent));
      }
      fate.noticesBeforeBegun()
          .forEach(
              it -> agenda.at(moved(base, it.at()), early(fate, it, Duration.between(base, now))));
    }
  }

  /// Whose sid a notice tells is not known before the start is answered; until then it waits.
  private Runnable early(Fate fate, Fate.Told told, Duration by) {
    Runnable heard = () -> hear(new Signal.Noticed(moved(fate, told.notice(), by)));
    int number = fate.task.number();
    return () -> {
      if (task(number).status() == Task.Status.INTENDED) {
        waiting.computeIfAbsent(number, _ -> new ArrayList<>()).add(heard);
      } else {
        heard.run();
      }
    };
  }

  private void begun(Task task) {
    int number = task.number();
    Fate life = life(number);
    if (life == null) {
      recorders.begin(number, now, null);
      registered(number);
      hear(new Signal.PageReady(number));
      return;
    }
    Instant begun = Objects.requireNonNull(life.begunAt);
    Instant gone = life.goneSince();
    recorders.begin(number, now, gone == null ? null : moved(begun, gone));
    life.noticesSinceBegun().forEach(it -> tell(life, it, begun));
    life.missed().forEach(it -> agenda.at(moved(begun, it), () -> queryIfGone(number)));
    boolean first = true;
    for (Instant report : life.pageReports()) {
      Signal signal = first ? new Signal.PageReady(number) : new Signal.PageAlive(number);
      agenda.at(moved(begun, report), () -> hear(signal));
      first = false;
    }
  }

  /// A time of the history in this world, where what it counts from happens now.
  private Instant moved(Instant base, Instant time) {
    return now.plus(Duration.between(base, time));
  }

  private void tell(Fate fate, Fate.Told told, Instant base) {
    Duration by = Duration.between(base, now);
    agenda.at(told.at().plus(by), () -> hear(new Signal.Noticed(moved(fate, told.notice(), by))));
  }

  private Notice moved(Fate fate, Notice notice, Duration by) {
    int number = fate.task.number();
    boolean own = notice.uid().equals(fate.task.uid());
    String uid = own ? session.task(number).map(Task::uid).orElse(notice.uid()) : notice.uid();
    return new Notice(
        notice.noticeId(),
        notice.eventType(),
        notice.sid(),
        notice.cname(),
        uid,
        notice.serviceType(),
        notice.sequence(),
        notice.sendts() > 0 ? notice.sendts() + by.toMillis() : 0,
        notice.what());
  }

  private void registered(int number) {
    notice(number, 13, new What.HaRegistered());
  }

  /// A notice that was never sent, from a recorder of this world.
  private void notice(int number, int type, What what) {
    Task task = task(number);
    String uid = task.agoraUid() == null ? task.uid() : task.agoraUid();
    String sid = task.sid() == null ? "" : task.sid();
    hear(
        new Signal.Noticed(
            new Notice("", type, sid, session.channel(), uid, 0, 0, now.toEpochMilli(), what)));
  }

  /// Whoever records then finds nothing more to record, and says so.
  private void nothingLeft(Truth.Ending ending) {
    for (Task task : session.tasks()) {
      int number = task.number();
      // Another notice of the same end may have come first: this one says why.
      boolean told = number == ending.task() && !ending.notice().sid().isEmpty();
      if (recorders.begun(number) && (told || (recorders.run(number, now) && !task.ended()))) {
        recorders.stop(number, now);
        notice(task.number(), ending.notice().eventType(), ending.notice().what());
      }
    }
  }

  private void serve(TimerKind kind, int number) {
    switch (kind) {
      case START -> start(number);
      case QUERY -> query(number);
      case STOP -> stop(number);
      case SETTLE -> hear(new Signal.SettleDue(number));
      case PRESENCE -> presence(number);
      case HA -> highAvailability(number);
      case PAGE -> page(number);
      case TOKEN -> hear(new Signal.TokenDue(number));
      case EXPIRY -> hear(new Signal.ExpiryDue(number));
      default -> {}
    }
  }

  private void start(int number) {
    Task task = task(number);
    if (task.status() != Task.Status.INTENDED) {
      return;
    }
    if (!task.wanted()) {
      hear(new Signal.StartDue(number));
      return;
    }
    Fate fate = fate(number);
    int tried = starts.merge(number, 1, Integer::sum) - 1;
    String resource = "replayed-" + number;
    String sid = fate == null || fate.task.sid() == null ? resource : fate.task.sid();
    Signal.OfTask granted = new Signal.StartGranted(number, resource, sid);
    Fate.Attempt attempt =
        Optional.ofNullable(fate)
            .flatMap(it -> it.attempt(tried))
            .orElse(new Fate.Attempt(true, Duration.ZERO, Duration.ZERO, granted));
    if (task.resourceId() != null) {
      if (hear(new Signal.StartDue(number)) == Rule.START_SENT_AGAIN) {
        after(attempt.after(), () -> startAnswers(number, attempt));
      }
    } else if (attempt.acquired()) {
      Signal acquired = new Signal.Acquired(number, task.attempt(), resource);
      after(
          attempt.before(),
          () -> {
            if (hear(acquired) == Rule.START_SENT) {
              after(attempt.after(), () -> startAnswers(number, attempt));
            }
          });
    } else {
      after(attempt.before(), () -> startAnswers(number, attempt));
    }
  }

  /// Where no answer was stored, the one who asked died; another one tries again.
  private void startAnswers(int number, Fate.Attempt attempt) {
    if (attempt.answer() == null) {
      after(TAKEOVER, () -> start(number));
    } else {
      hear(attempt.answer());
    }
  }

  private void query(int number) {
    Task task = task(number);
    if (task.ended() || !task.wanted() || task.sid() == null) {
      return;
    }
    boolean gone = isGone(number);
    Fate life = life(number);
    if (life != null) {
      hear(life.answer(then(number, life), gone));
    } else {
      hear(
          gone
              ? new Signal.WorkerNotFound(number)
              : new Signal.QueryAnswered(number, RECORDS, List.of()));
    }
  }

  private static final int RECORDS = 5;

  private void queryIfGone(int number) {
    if (isGone(number)) {
      query(number);
    }
  }

  private boolean isGone(int number) {
    return !recorders.run(number, now);
  }

  /// This moment of a recorder's life in the time of the history.
  private Instant then(int number, Fate life) {
    Instant began = recorders.begunAt(number);
    return Objects.requireNonNull(life.begunAt).plus(Duration.between(began, now));
  }

  /// Whether the history ends, for this recorder, before this moment of its life.
  private boolean isUnseen(int number) {
    Fate life = life(number);
    if (life == null) {
      return true;
    }
    Instant seen = life.seenUntil();
    return then(number, life).isAfter(seen == null ? truth.until() : seen);
  }

  private void stop(int number) {
    Task task = task(number);
    if (task.ended() || task.wanted() || task.sid() == null) {
      return;
    }
    int asked = stops.merge(number, 1, Integer::sum) - 1;
    Fate life = life(number);
    boolean gone = isGone(number);
    Signal.StopOutcome outcome =
        life == null
            ? gone ? Signal.StopOutcome.NOT_FOUND : Signal.StopOutcome.DONE
            : life.stopOutcome(asked, gone);
    switch (outcome) {
      case DONE, ENDING, EMPTY -> recorders.stop(number, now);
      case NOT_FOUND, REFUSED, UNHEARD -> {}
    }
    hear(new Signal.StopAnswered(number, outcome, List.of()));
  }

  private void presence(int number) {
    if (wantsRecording()) {
      hear(new Signal.Present(number, truth.hosts(now)));
    }
  }

  private void highAvailability(int number) {
    Task task = task(number);
    if (!task.haRegistered() && isUnseen(number)) {
      registered(number);
    } else {
      hear(new Signal.HaDue(number, watchdog(life(number))));
    }
  }

  /// What the watchdog of the App ID, which minds more than this session, would say.
  private Watchdog watchdog(@Nullable Fate life) {
    if (policy.haWatchdog() != HaWatchdog.ENFORCE || life == null || !life.wasHeard()) {
      return Watchdog.OBSERVES;
    }
    return configured.haWatchdog() == HaWatchdog.ENFORCE
        ? life.watchdog().orElse(Watchdog.ENFORCES)
        : Watchdog.ENFORCES;
  }

  private void page(int number) {
    Fate life = life(number);
    Duration silence = configured.pageAliveEvery().multipliedBy(3);
    boolean well = life == null || life.pageWell(then(number, life), silence);
    if (!well) {
      hear(new Signal.PageDue(number));
    } else if (task(number).pageReadyAt() == null) {
      hear(new Signal.PageReady(number));
    } else {
      hear(new Signal.PageAlive(number));
    }
  }

  private Outcome outcome(boolean complete) {
    List<String> causes =
        session.tasks().stream()
            .filter(task -> task.number() > 1)
            .map(task -> task.cause().word())
            .toList();
    return new Outcome(
        causes,
        session.tasks().stream().map(Task::intendedAt).toList(),
        recorders.surplusSeconds(now),
        detections(),
        session.status().word(),
        session.reason() == null ? "" : session.reason(),
        complete);
  }

  private List<Long> detections() {
    return recorders.numbers().stream()
        .map(this::failure)
        .flatMap(Optional::stream)
        .sorted(Comparator.comparing(Failure::at))
        .map(Failure::seconds)
        .toList();
  }

  private record Failure(Instant at, long seconds) {}

  private Optional<Failure> failure(int number) {
    Fate life = life(number);
    Instant failed = life == null ? null : life.failedAt();
    if (life == null || failed == null) {
      return Optional.empty();
    }
    Instant base = Objects.requireNonNull(life.begunAt);
    Instant at = recorders.begunAt(number).plus(Duration.between(base, failed));
    List<Task> successors =
        session.tasks().stream().filter(task -> task.replaces() == number).toList();
    boolean noMatter =
        at.isAfter(now)
            || recorders.stoppedBefore(number, at)
            || (overAt != null && overAt.isBefore(at))
            || successors.stream().anyMatch(task -> task.intendedAt().isBefore(at));
    if (noMatter) {
      return Optional.empty();
    }
    Optional<Instant> detected =
        successors.stream().map(Task::intendedAt).min(Comparator.naturalOrder());
    Instant over = overAt;
    if (detected.isEmpty() && over != null) {
      detected = Optional.of(over);
    }
    return Optional.of(
        new Failure(
            at,
            detected
                .map(it -> Math.round(Duration.between(at, it).toMillis() / 1000.0))
                .orElse(Outcome.NEVER)));
  }
}
