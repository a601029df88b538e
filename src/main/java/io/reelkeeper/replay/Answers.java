package io.reelkeeper.replay;

import io.reelkeeper.session.state.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What Agora answered to the queries about one recorder, and so would have answered in between.
///
/// A good answer holds until another one is known. Trouble begins when it was first seen and is
/// over
/// half way to the next good answer.
final class Answers {

  /// Timers and the network are late in a history, and in a simulation they are not: a question
  /// that is so much earlier than a stored answer is that question.
  private static final Duration SLACK = Duration.ofSeconds(3);

  /// Statuses from here on are those of a recorder that stops or has stopped (reference §4.3).
  private static final int LEAVING = 6;

  private record Answered(Instant at, Signal.OfTask signal) {}

  private final List<Answered> answers = new ArrayList<>();

  /// Of a row of equal answers only the first and the last are kept.
  void add(Instant at, Signal.OfTask signal) {
    int size = answers.size();
    boolean goesOn =
        size > 1
            && answers.get(size - 1).signal.equals(signal)
            && answers.get(size - 2).signal.equals(signal);
    if (goesOn) {
      answers.set(size - 1, new Answered(at, signal));
    } else {
      answers.add(new Answered(at, signal));
    }
  }

  /// The answer at this time of the history; none before anything was asked, or where nothing was.
  Optional<Signal.OfTask> at(Instant time) {
    int last = -1;
    for (int i = 0; i < answers.size() && !begins(i).isAfter(time); i++) {
      last = i;
    }
    if (last < 0) {
      return answers.stream().findFirst().map(Answered::signal);
    }
    Answered now = answers.get(last);
    if (isGood(now.signal) || last + 1 == answers.size() || !now.at.isBefore(time)) {
      return Optional.of(now.signal);
    }
    Answered next = answers.get(last + 1);
    boolean over =
        isGood(next.signal)
            && Duration.between(now.at, time).compareTo(Duration.between(time, next.at)) > 0;
    return Optional.of(over ? next.signal : now.signal);
  }

  private Instant begins(int index) {
    Instant at = answers.get(index).at;
    if (index == 0) {
      return at.minus(SLACK);
    }
    Duration half = Duration.between(answers.get(index - 1).at, at).dividedBy(2);
    return at.minus(half.compareTo(SLACK) < 0 ? half : SLACK);
  }

  /// The first answer that it is gone, if no later one says that it records.
  @Nullable Instant goneFrom(@Nullable Instant lastProof) {
    Instant first = null;
    for (Answered answer : answers) {
      if (isGood(answer.signal)) {
        first = null;
      } else if (first == null && isGone(answer.signal)) {
        first = answer.at;
      }
    }
    return first != null && lastProof != null && lastProof.isAfter(first) ? null : first;
  }

  /// The last time before this one that it recorded for sure.
  @Nullable Instant lastGood(Instant before) {
    Instant last = null;
    for (Answered answer : answers) {
      if (isGood(answer.signal) && answer.at.isBefore(before)) {
        last = answer.at;
      }
    }
    return last;
  }

  boolean anyGood() {
    return answers.stream().anyMatch(answer -> isGood(answer.signal));
  }

  /// Whether a recorder that is gone may have been answered for like this.
  static boolean fitsGone(Signal.OfTask signal) {
    return !(signal instanceof Signal.QueryAnswered) || isGone(signal);
  }

  private static boolean isGood(Signal.OfTask signal) {
    return signal instanceof Signal.QueryAnswered answer
        && (answer.status() == 4 || answer.status() == 5);
  }

  private static boolean isGone(Signal.OfTask signal) {
    return signal instanceof Signal.WorkerNotFound
        || (signal instanceof Signal.QueryAnswered answer && answer.status() >= LEAVING);
  }
}
