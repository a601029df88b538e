package io.reelkeeper.console.picture;

import io.reelkeeper.console.look.Ages;
import io.reelkeeper.console.look.Reasons;
import io.reelkeeper.evidence.Moment;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The life of a session on one axis of time: its recorders, what was asked and told, and its
/// files.
///
/// @param now where the present is, null once the session is over
/// @param summary the picture in a sentence, for whoever cannot see it
public record Picture(
    int height, List<Lane> lanes, List<Tick> ticks, @Nullable Double now, String summary) {

  static final int LEFT = 130;
  static final int RIGHT = 1100;
  private static final int LANE = 30;
  private static final int TOP = 10;
  private static final int AXIS = 24;

  /// @param y the middle
  public record Lane(String name, int y, List<Bar> bars, List<Dot> dots) {}

  public record Bar(double x, double width, String look, String says) {}

  public record Dot(double x, String look, String says) {}

  public record Tick(double x, String says) {}

  /// Events of Agora that are about files.
  private static final Set<Integer> OF_FILES =
      Set.of(4, 30, 31, 32, 33, 42, 45, 60, 61, 80, 81, 90, 1001);

  /// Where the marks stand: everything between the beginning and the end.
  private record Axis(Instant from, Instant to) {

    double x(Instant at) {
      double share =
          (double) Duration.between(from, at).toMillis() / Duration.between(from, to).toMillis();
      return Math.round((LEFT + Math.clamp(share, 0, 1) * (RIGHT - LEFT)) * 10) / 10.0;
    }
  }

  /// @param moments in the order of time
  public static Picture of(Session session, List<Moment> moments, Instant now) {
    var axis = new Axis(session.createdAt(), end(session, moments, now));
    List<Lane> lanes = new ArrayList<>();
    for (Task task : session.tasks()) {
      lanes.add(new Lane("Recorder " + task.number(), y(lanes), bars(task, axis), List.of()));
    }
    lanes.add(new Lane("We asked", y(lanes), List.of(), dots(moments, axis, Picture::asked)));
    lanes.add(new Lane("Agora told", y(lanes), List.of(), dots(moments, axis, Picture::told)));
    lanes.add(new Lane("Files", y(lanes), List.of(), dots(moments, axis, Picture::files)));
    int height = TOP + lanes.size() * LANE + AXIS;
    return new Picture(
        height,
        List.copyOf(lanes),
        ticks(axis),
        session.ended() ? null : axis.x(now),
        summary(session, moments, axis));
  }

  public int axisY() {
    return height - AXIS;
  }

  private static int y(List<Lane> before) {
    return TOP + before.size() * LANE + LANE / 2;
  }

  private static Instant end(Session session, List<Moment> moments, Instant now) {
    Instant last = moments.isEmpty() ? session.createdAt() : moments.getLast().at();
    Instant end = session.ended() ? last : now;
    Instant least = session.createdAt().plusSeconds(10); // a picture needs some width
    return end.isBefore(least) ? least : end;
  }

  private static List<Bar> bars(Task task, Axis axis) {
    List<Bar> bars = new ArrayList<>();
    Instant end = task.endedAt() == null ? axis.to : task.endedAt();
    Instant started = task.startedAt();
    Instant confirmed = task.confirmedAt();
    String who = "Recorder %d, UID %s".formatted(task.number(), task.uid());
    bars.add(
        bar(axis, task.intendedAt(), started == null ? end : started, "intended", who + " starts"));
    if (started != null) {
      bars.add(
          bar(
              axis,
              started,
              confirmed == null ? end : confirmed,
              "unconfirmed",
              who + " has a sid and is not confirmed"));
    }
    if (confirmed != null) {
      bars.add(bar(axis, confirmed, end, "live", who + " records"));
    }
    Instant doubt = task.doubtSince();
    if (doubt != null && !task.ended()) {
      bars.add(bar(axis, doubt, end, "bad", who + " is not found"));
    }
    return bars;
  }

  private static Bar bar(Axis axis, Instant from, Instant to, String look, String says) {
    double x = axis.x(from);
    double width = Math.max(0, axis.x(to) - x);
    return new Bar(
        x,
        Math.round(width * 10) / 10.0,
        look,
        "%s, %s to %s UTC".formatted(says, Ages.time(from), Ages.time(to)));
  }

  private interface Marks {
    Optional<String> look(Moment moment);
  }

  private static List<Dot> dots(List<Moment> moments, Axis axis, Marks marks) {
    return moments.stream()
        .flatMap(
            moment ->
                marks.look(moment).stream()
                    .map(
                        look ->
                            new Dot(
                                axis.x(moment.at()),
                                look,
                                Ages.time(moment.at()) + " UTC: " + Story.inWords(moment))))
        .toList();
  }

  private static Optional<String> asked(Moment moment) {
    if (!moment.kind().equals("request")) {
      return Optional.empty();
    }
    return Optional.of(
        switch (moment.detail().path("outcome").asString("")) {
          case "granted" -> "asked";
          case "busy" -> "warn";
          default -> "bad";
        });
  }

  private static Optional<String> told(Moment moment) {
    return event(moment)
        .filter(event -> !OF_FILES.contains(event))
        .map(
            event ->
                switch (event) {
                  case 1, 72 -> "bad";
                  case 2, 3, 11, 12, 41, 71, 73 -> "warn";
                  default -> "told";
                });
  }

  private static Optional<String> files(Moment moment) {
    Optional<String> event =
        event(moment).filter(OF_FILES::contains).map(it -> it == 90 ? "bad" : "told");
    return event.isPresent() ? event : audit(moment);
  }

  private static Optional<String> audit(Moment moment) {
    if (!moment.detail().path("signal").asString("").equals("Audited")) {
      return Optional.empty();
    }
    return Optional.of(
        switch (moment.detail().path("signalDetail").path("status").asString("")) {
          case "verified", "empty", "backed-up" -> "asked";
          case "pending", "unreachable" -> "warn";
          default -> "bad";
        });
  }

  private static Optional<Integer> event(Moment moment) {
    return moment.kind().equals("notification")
        ? Optional.of(moment.detail().path("eventType").asInt(-1))
        : Optional.empty();
  }

  /// Five marks or so, at the times that a clock shows round.
  private static List<Tick> ticks(Axis axis) {
    long span = Duration.between(axis.from, axis.to).toSeconds();
    long step = STEPS.stream().filter(it -> span / it <= 7).findFirst().orElseGet(STEPS::getLast);
    List<Tick> ticks = new ArrayList<>();
    long first = Math.ceilDiv(axis.from.getEpochSecond(), step) * step;
    for (long at = first; at <= axis.to.getEpochSecond(); at += step) {
      Instant instant = Instant.ofEpochSecond(at);
      String full = Ages.full(instant);
      String says =
          step >= 86_400
              ? full.substring(5, 10)
              : step >= 60 ? full.substring(11, 16) : full.substring(11);
      ticks.add(new Tick(axis.x(instant), says));
    }
    return ticks;
  }

  /// Seconds; the last is a month's.
  private static final List<Long> STEPS =
      List.of(
          2L, 5L, 10L, 30L, 60L, 300L, 600L, 1_800L, 3_600L, 10_800L, 21_600L, 43_200L, 86_400L,
          432_000L);

  private static String summary(Session session, List<Moment> moments, Axis axis) {
    long asked = moments.stream().filter(it -> it.kind().equals("request")).count();
    long told = moments.stream().filter(it -> it.kind().equals("notification")).count();
    return "From %s to %s UTC: %d recorders, %d requests, %d notifications; the session is %s%s."
        .formatted(
            Ages.full(axis.from),
            Ages.full(axis.to),
            session.tasks().size(),
            asked,
            told,
            session.status().word(),
            Reasons.because(session.reason()));
  }
}
