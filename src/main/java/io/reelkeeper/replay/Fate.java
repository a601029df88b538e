package io.reelkeeper.replay;

import io.reelkeeper.session.state.Notice;
import io.reelkeeper.session.state.Notice.What;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Signal.StopOutcome;
import io.reelkeeper.session.state.Signal.Watchdog;
import io.reelkeeper.session.state.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What befell one task that really was, as far as its history tells, in the times of that history.
final class Fate {

  /// One try to start it.
  ///
  /// @param acquired whether a resource ID was got
  /// @param before from the try to the resource ID, or to the answer where there was none
  /// @param after from the resource ID to the answer
  /// @param answer null when none was ever stored
  record Attempt(
      boolean acquired, Duration before, Duration after, Signal.@Nullable OfTask answer) {}

  /// A notice and when it reached us.
  record Told(Instant at, Notice notice) {}

  /// When credentials went out and when the RTC token among them ends.
  record TokenSent(Instant at, Instant ends) {}

  private static final Set<String> ENDED_UNASKED =
      Set.of("ENDED_UNASKED", "ENDED_LATE", "ENDED_BY_PAGE", "REPLACEMENTS_EXHAUSTED");

  final Task task;

  /// When the recorder's sid was learnt; null when it never was.
  final @Nullable Instant begunAt;

  private final List<Attempt> attempts = new ArrayList<>();
  private final Answers answers = new Answers();
  private final List<StopOutcome> stops = new ArrayList<>();
  private final List<Told> notices = new ArrayList<>();
  private final List<Instant> pageReports = new ArrayList<>();
  private final List<TokenSent> tokens = new ArrayList<>();
  private final List<Instant> missed = new ArrayList<>();
  private @Nullable Watchdog watchdog;
  private @Nullable Instant acquiring;
  private @Nullable Instant servedAt;
  private @Nullable Instant stoppedAt;

  /// The first stop did not find it.
  private @Nullable Instant foundGone;

  private @Nullable Instant endedAt;
  private @Nullable Instant workedAt;
  private boolean endedByItself;
  private boolean pageFailed;
  private boolean neverReady;

  Fate(Task task) {
    this.task = task;
    this.begunAt = task.sid() == null ? null : task.startedAt();
  }

  void acquired(Instant at) {
    if (acquiring != null) {
      attempts.add(new Attempt(true, firstDelay(acquiring), Duration.ZERO, null));
    }
    acquiring = at;
  }

  void startAnswered(Instant at, Signal.OfTask answer) {
    Attempt attempt =
        acquiring == null
            ? new Attempt(false, firstDelay(at), Duration.ZERO, answer)
            : new Attempt(true, firstDelay(acquiring), between(acquiring, at), answer);
    acquiring = null;
    attempts.add(attempt);
  }

  /// Only the first try's beginning is known: it is that of the intent.
  private Duration firstDelay(Instant at) {
    return attempts.isEmpty() ? between(task.intendedAt(), at) : Duration.ZERO;
  }

  void queryAnswered(Instant at, Signal.OfTask answer, String rule) {
    answers.add(at, answer);
    servedAt = at;
    neverReady |= rule.equals("NOT_CONFIRMED_IN_TIME");
  }

  void stopAnswered(Instant at, StopOutcome outcome) {
    if (stops.isEmpty() && outcome == StopOutcome.NOT_FOUND) {
      foundGone = at;
    }
    if (outcome == StopOutcome.DONE) {
      workedAt = at; // it was there to be stopped
    }
    stops.add(outcome);
    stoppedAt = stoppedAt == null ? at : stoppedAt;
  }

  void noticed(Instant at, Notice notice, String rule) {
    if (rule.equals("ENDED_AS_ASKED")) {
      stoppedAt = stoppedAt == null ? at : stoppedAt;
    }
    boolean asked = stoppedAt != null && !stoppedAt.isAfter(at);
    if (isEnd(notice)) {
      if (asked) {
        return; // the consequence of a stop; without that stop it would not have come
      }
      if (endedAt == null && ENDED_UNASKED.contains(rule)) {
        endedAt = ownTime(notice, at);
      }
    } else if (isWork(notice)) {
      workedAt = at;
    }
    // A simulation hears first and serves timers then; here it was the other way round.
    notices.add(new Told(at.equals(servedAt) ? at.plusNanos(1) : at, notice));
  }

  /// It ended because there was nothing left to record; that is no failure.
  void endedByItself() {
    endedByItself = true;
  }

  void tokenSent(Instant at, Instant ends) {
    tokens.add(new TokenSent(at, ends));
  }

  /// A change could not be brought to it: it was not found, and was asked at once.
  void missed(Instant at) {
    missed.add(at);
  }

  void pageReported(Instant at) {
    pageReports.add(at);
  }

  void pageFailed() {
    pageFailed = true;
  }

  void judged(Instant at, Watchdog verdict) {
    watchdog = verdict;
    servedAt = at;
  }

  /// The n-th try to start it, from 0; none when it was not tried so often.
  Optional<Attempt> attempt(int number) {
    return number < attempts.size() ? Optional.of(attempts.get(number)) : Optional.empty();
  }

  /// Notices that came before its sid was known or told it.
  List<Told> noticesBeforeBegun() {
    return notices.stream().filter(it -> begunAt == null || !it.at.isAfter(begunAt)).toList();
  }

  List<Told> noticesSinceBegun() {
    return notices.stream().filter(it -> begunAt != null && it.at.isAfter(begunAt)).toList();
  }

  List<TokenSent> tokens() {
    return tokens;
  }

  List<Instant> missed() {
    return missed;
  }

  List<Instant> pageReports() {
    return pageReports;
  }

  Optional<Watchdog> watchdog() {
    return Optional.ofNullable(watchdog);
  }

  boolean wasHeard() {
    return !notices.isEmpty();
  }

  /// From when on nothing was seen of it any more, because it was stopped; null when it was not.
  @Nullable Instant seenUntil() {
    return stoppedAt;
  }

  /// The last time that it recorded for sure before it went for good, or what a notice says; null
  /// when it did not go by itself.
  @Nullable Instant goneSince() {
    Instant begun = begunAt;
    if (begun == null) {
      return null;
    }
    Instant missing = answers.goneFrom(workedAt);
    if (missing == null && foundGone != null) {
      missing = foundGone;
    }
    if (missing == null) {
      return endedAt == null ? null : later(begun, endedAt);
    }
    Instant proof = later(later(begun, answers.lastGood(missing)), workedAt);
    boolean told = endedAt != null && endedAt.isAfter(proof) && !endedAt.isAfter(missing);
    return told ? endedAt : proof;
  }

  /// When it stopped to serve its session though it should have; null when it did not.
  @Nullable Instant failedAt() {
    if (begunAt == null || endedByItself) {
      return null;
    }
    Instant gone = goneSince();
    if (gone != null) {
      return gone;
    }
    if (pageFailed) {
      return pageReports.isEmpty() ? begunAt : pageReports.getLast();
    }
    return neverReady && !answers.anyGood() ? begunAt : null;
  }

  /// The answer to a query at this time of the history.
  Signal.OfTask answer(Instant at, boolean gone) {
    int number = task.number();
    boolean unseen = stoppedAt != null && at.isAfter(stoppedAt);
    if (gone) {
      return answers
          .at(at)
          .filter(it -> !unseen && Answers.fitsGone(it))
          .orElseGet(() -> new Signal.WorkerNotFound(number));
    }
    return answers
        .at(at)
        .filter(_ -> !unseen || neverReady)
        .orElseGet(() -> new Signal.QueryAnswered(number, RECORDS, List.of()));
  }

  private static final int RECORDS = 5;

  /// The answer to the n-th stop, from 0.
  StopOutcome stopOutcome(int number, boolean gone) {
    if (number < stops.size()) {
      StopOutcome outcome = stops.get(number);
      boolean fits =
          switch (outcome) {
            case UNHEARD, REFUSED -> true;
            case NOT_FOUND -> gone;
            case DONE, ENDING, EMPTY -> true;
          };
      if (fits) {
        return outcome;
      }
    }
    return gone ? StopOutcome.NOT_FOUND : StopOutcome.DONE;
  }

  /// Whether its page was well at this time of the history: it reported itself as often as it
  /// should
  /// have, and nobody saw it fail later on.
  boolean pageWell(Instant at, Duration silence) {
    if (pageReports.isEmpty() || at.isBefore(pageReports.getFirst())) {
      return !pageFailed && stoppedAt != null && at.isAfter(stoppedAt);
    }
    for (int i = 0; i + 1 < pageReports.size(); i++) {
      if (!at.isBefore(pageReports.get(i)) && at.isBefore(pageReports.get(i + 1))) {
        return between(pageReports.get(i), pageReports.get(i + 1)).compareTo(silence) < 0;
      }
    }
    return !pageFailed;
  }

  static boolean isEnd(Notice notice) {
    return switch (notice.what()) {
      case What.Exited _,
          What.RecorderLeft _,
          What.Uploaded _,
          What.BackedUp _,
          What.WebRecorderStopped _ ->
          true;
      default -> false;
    };
  }

  private static boolean isWork(Notice notice) {
    return switch (notice.what()) {
      case What.RecorderStarted _,
          What.SliceStarted _,
          What.WebRecorderStarted _,
          What.FailedOver _ ->
          true;
      default -> false;
    };
  }

  private static Instant ownTime(Notice notice, Instant at) {
    Instant own = notice.sendts() > 0 ? Instant.ofEpochMilli(notice.sendts()) : at;
    return own.isBefore(at) ? own : at;
  }

  private static Instant later(Instant one, @Nullable Instant other) {
    return other != null && other.isAfter(one) ? other : one;
  }

  private static Duration between(Instant from, Instant to) {
    return to.isBefore(from) ? Duration.ZERO : Duration.between(from, to);
  }
}
