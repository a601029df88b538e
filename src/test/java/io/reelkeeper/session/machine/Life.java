package io.reelkeeper.session.machine;

import io.reelkeeper.core.Destination;
import io.reelkeeper.core.Mode;
import io.reelkeeper.outbox.BusinessEvent;
import io.reelkeeper.session.state.Notice;
import io.reelkeeper.session.state.Policy;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Session.Assurance;
import io.reelkeeper.session.state.Session.OnIdle;
import io.reelkeeper.session.state.Session.Status;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Signal.StopOutcome;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.session.state.Task.Cause;
import io.reelkeeper.timer.TimerChange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import tools.jackson.databind.json.JsonMapper;

/// A session that lives through signals at given times; fixtures reach a state by walking there.
final class Life {

  static final Policy DEFAULTS =
      new Binder(new MapConfigurationPropertySource(Map.of()))
          .bindOrCreate("reelkeeper.policy", Policy.class);

  static final String SID = "38f8e3cfdc474cd56fc1ceba380d7e1a";
  static final String SECOND_SID = "48f8e3cfdc474cd56fc1ceba380d7e1b";

  private final Policy policy;
  Session session;
  Instant now = Instant.parse("2026-03-01T10:00:00Z");
  Rule rule = Rule.NOTED;
  final Map<String, Instant> timers = new TreeMap<>();
  final List<BusinessEvent> events = new ArrayList<>();
  final List<Rule> rules = new ArrayList<>();

  private Life(Assurance assurance, OnIdle onIdle, Policy policy) {
    this(assurance, onIdle, policy, Mode.COMPOSITE, "{\"recording\":{\"maxIdleTime\":300}}");
  }

  private Life(Assurance assurance, OnIdle onIdle, Policy policy, Mode mode, String request) {
    this.policy = policy;
    this.session =
        new Session(
            UUID.fromString("0199f0c2-0000-7000-8000-000000000001"),
            "classroom",
            "math-101",
            mode,
            "main",
            assurance,
            onIdle,
            Status.STARTING,
            null,
            null,
            new Destination(
                "primary", "aws", "EU_CENTRAL_1", "bucket", null, List.of("lessons"), "sha256:00"),
            JsonMapper.builder().build().readTree(request),
            JsonMapper.builder().build().createObjectNode(),
            null,
            "digest",
            List.of("4000000001", "4000000002", "4000000003", "4000000004"),
            Map.of(),
            List.of(Task.intended(1, "4000000001", Cause.REQUESTED, 0, now)),
            List.of(),
            now,
            now,
            null,
            0);
    timers.put("START/1", now);
  }

  static Life begins() {
    return new Life(Assurance.STANDARD, OnIdle.END, DEFAULTS);
  }

  static Life begins(Assurance assurance) {
    return new Life(assurance, OnIdle.END, DEFAULTS);
  }

  /// A recorded page that reports itself.
  static Life ofPage() {
    return new Life(
        Assurance.STANDARD, OnIdle.END, DEFAULTS, Mode.WEB, "{\"page\":{\"probe\":true}}");
  }

  static Life restartingWhenIdle() {
    return new Life(Assurance.STANDARD, OnIdle.RESTART, DEFAULTS);
  }

  Life hears(Signal signal) {
    Move move = SessionMachine.decide(session, signal, policy, now);
    session = move.next();
    rule = move.rule();
    rules.add(rule);
    events.addAll(move.events());
    for (TimerChange change : move.timers()) {
      String timer = change.kind() + change.instance().substring(change.instance().indexOf('/'));
      switch (change) {
        case TimerChange.Set set -> timers.put(timer, set.at());
        case TimerChange.Cancel _ -> timers.remove(timer);
      }
    }
    return this;
  }

  Life after(Duration time) {
    now = now.plus(time);
    return this;
  }

  Life afterSeconds(long seconds) {
    return after(Duration.ofSeconds(seconds));
  }

  /// Moves the clock to the timer; the walk that it wakes takes it away.
  Life untilDue(String timer) {
    Instant due = timers.remove(timer);
    if (due == null) {
      throw new AssertionError("no timer " + timer + " in " + timers);
    }
    now = due.isAfter(now) ? due : now;
    return this;
  }

  Duration dueIn(String timer) {
    return Duration.between(now, timers.getOrDefault(timer, Instant.MAX));
  }

  Life sent(int task) {
    timers.remove("START/" + task);
    Task intent = task(task);
    return hears(new Signal.Acquired(task, intent.attempt(), "resource-" + task));
  }

  Life granted(int task, String sid) {
    return sent(task).hears(new Signal.StartGranted(task, "resource-" + task, sid));
  }

  Life answers(int task, int status) {
    return hears(new Signal.QueryAnswered(task, status, List.of()));
  }

  Life recording() {
    return granted(1, SID).untilDue("QUERY/1").answers(1, 5);
  }

  Life notFound(int task) {
    return untilDue("QUERY/" + task).hears(new Signal.WorkerNotFound(task));
  }

  /// All the patience of the ladder, until the task is given up for another one.
  Life lost(int task) {
    while (rule != Rule.LOST && rule != Rule.REPLACEMENTS_EXHAUSTED) {
      notFound(task);
    }
    return this;
  }

  Life stopAnswers(int task, StopOutcome outcome) {
    timers.remove("STOP/" + task);
    return hears(new Signal.StopAnswered(task, outcome, List.of()));
  }

  Life stopAsked() {
    return hears(new Signal.StopAsked("requested"));
  }

  Life noticed(String sid, String uid, int type, Notice.What what) {
    return hears(
        new Signal.Noticed(
            new Notice(
                "n" + rules.size(), type, sid, "math-101", uid, 0, 1, now.toEpochMilli(), what)));
  }

  Task task(int number) {
    return session.task(number).orElseThrow();
  }

  List<String> told() {
    return events.stream().map(BusinessEvent::type).toList();
  }
}
