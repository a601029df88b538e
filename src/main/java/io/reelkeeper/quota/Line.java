package io.reelkeeper.quota;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;

/// Who waits in this process for a slot of one App ID, and the one thread that calls them.
///
/// The caller, alive only while somebody waits, books the next slots and gives each at its time to
/// whoever is most urgent then.
final class Line {

  /// A permit older than this is worth nothing: the package's doc says why.
  private static final long TOO_LATE = Duration.ofMillis(250).toNanos();

  /// Bounds of how far ahead slots are booked while the database is slow to answer: below the first
  /// it would not be felt, and above the second it is as good as away.
  private static final Duration SHORTEST_LEAD = Duration.ofMillis(10);

  private static final Duration LONGEST_LEAD = Duration.ofSeconds(1);

  /// A command that has waited in vain is not asked to come back at once.
  private static final Duration LEAST_PAUSE = Duration.ofSeconds(1);

  private static final class Waiter {
    final Urgency urgency;
    final Condition called;
    Pace.@Nullable Turn turn;
    @Nullable Throwable failure;

    Waiter(Urgency urgency, Condition called) {
      this.urgency = urgency;
      this.called = called;
    }
  }

  private final String app;
  private final Pace pace;
  private final QuotaSettings.Patience patience;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Urgency, SequencedSet<Waiter>> waiting = new EnumMap<>(Urgency.class);

  /// A command joined, or the App ID was slowed down.
  private final Condition changed = lock.newCondition();

  private boolean calling;
  private int slowdowns;
  private Duration lead = Duration.ZERO;

  /// The `nanoTime` for which the last poll was asked to come back.
  private long invited = System.nanoTime();

  Line(String app, Pace pace, QuotaSettings.Patience patience) {
    this.app = app;
    this.pace = pace;
    this.patience = patience;
    for (Urgency urgency : Urgency.values()) {
      waiting.put(urgency, new LinkedHashSet<>());
    }
  }

  Slot await(Urgency urgency) {
    long since = System.nanoTime();
    lock.lock();
    try {
      long until = since + patience(urgency).toNanos();
      if (urgency == Urgency.POLL && pollsAhead().toNanos() > until - since) {
        return notNow(urgency);
      }
      var me = new Waiter(urgency, lock.newCondition());
      queue(urgency).addLast(me);
      while (true) {
        callIfNobodyDoes(urgency);
        if (!called(me, until)) {
          return notNow(urgency);
        }
        if (me.failure != null) {
          throw new DataAccessResourceFailureException(
              "the pace of " + app + " cannot be asked for, and nothing goes unpaced", me.failure);
        }
        Pace.Turn turn = requireNonNull(me.turn);
        long now = System.nanoTime();
        if (now - turn.due() <= TOO_LATE) {
          return new Slot.Go(Duration.ofNanos(now - since), turn.number(), turn.due());
        }
        queue(urgency).addFirst(me); // paused between the call and here
      }
    } finally {
      lock.unlock();
    }
  }

  void slowDown() {
    pace.slowDown();
    lock.lock();
    try {
      slowdowns++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private SequencedSet<Waiter> queue(Urgency urgency) {
    return requireNonNull(waiting.get(urgency));
  }

  private int commands() {
    return queue(Urgency.SECOND_OF_PAIR).size() + queue(Urgency.COMMAND).size();
  }

  /// At a low rate two polls' time, so that one poll always has a chance.
  private Duration patience(Urgency urgency) {
    if (urgency != Urgency.POLL) {
      return patience.commandPatience();
    }
    Duration two = pace.pollStep().multipliedBy(2);
    return two.compareTo(patience.pollPatience()) > 0 ? two : patience.pollPatience();
  }

  /// How long those who wait here already will take, and one poll more.
  private Duration pollsAhead() {
    return pace.step()
        .multipliedBy(commands())
        .plus(pace.pollStep().multipliedBy(1L + queue(Urgency.POLL).size()));
  }

  /// Polls are asked to come back one after the other, at the pace of polls: they would else come
  /// back together and be turned away together.
  private Slot notNow(Urgency urgency) {
    if (urgency != Urgency.POLL) {
      Duration queued = pace.step().multipliedBy(commands());
      return new Slot.NotNow(queued.compareTo(LEAST_PAUSE) > 0 ? queued : LEAST_PAUSE);
    }
    long now = System.nanoTime();
    invited = Math.max(invited + pace.pollStep().toNanos(), now + pollsAhead().toNanos());
    return new Slot.NotNow(Duration.ofNanos(invited - now));
  }

  private boolean called(Waiter me, long until) {
    var queue = queue(me.urgency);
    while (queue.contains(me)) {
      long left = until - System.nanoTime();
      if (left <= 0) {
        queue.remove(me);
        return false;
      }
      try {
        var _ = me.called.awaitNanos(left);
      } catch (InterruptedException _) {
        queue.remove(me);
        Thread.currentThread().interrupt();
        throw new CancellationException("interrupted while waiting for a slot of " + app);
      }
    }
    return true;
  }

  private void callIfNobodyDoes(Urgency urgency) {
    if (!calling) {
      calling = true;
      Thread.ofVirtual().name("quota-" + app).start(this::call);
    } else if (urgency != Urgency.POLL) {
      changed.signalAll();
    }
  }

  private void call() {
    lock.lock();
    try {
      while (commands() > 0 || !queue(Urgency.POLL).isEmpty()) {
        callNext();
      }
    } catch (Throwable failure) { // whatever it is, nobody may be left waiting for it
      waiting.values().forEach(queue -> fail(queue, failure));
    } finally {
      calling = false;
      lock.unlock();
    }
  }

  private static void fail(SequencedSet<Waiter> queue, Throwable failure) {
    for (Waiter waiter : queue) {
      waiter.failure = failure;
      waiter.called.signal();
    }
    queue.clear();
  }

  private void callNext() throws InterruptedException {
    boolean poll = commands() == 0;
    int slowdownsBefore = slowdowns;
    switch (book(poll ? queue(Urgency.POLL).size() : commands(), poll)) {
      case Pace.Booking.Turns(List<Pace.Turn> turns) -> {
        adaptLead(System.nanoTime() - turns.getFirst().due());
        for (Pace.Turn turn : turns) {
          if (!awaitTime(turn.due(), slowdownsBefore)) {
            return; // what was booked before the 429 is void
          }
          if (System.nanoTime() - turn.due() <= TOO_LATE) {
            give(turn, poll);
          }
        }
      }
      case Pace.Booking.ShareUsed(Duration free) -> awaitCommand(free);
    }
  }

  /// Asks the database, with the lock given up meanwhile.
  private Pace.Booking book(int waiters, boolean poll) {
    Duration lead = this.lead;
    lock.unlock();
    try {
      return pace.book(waiters, poll, lead);
    } finally {
      lock.lock();
    }
  }

  /// A database whose answers arrive when their slot is over would let nobody through: then slots
  /// are booked further ahead, and nearer again when it has recovered.
  private void adaptLead(long late) {
    if (late > TOO_LATE) {
      Duration twice = lead.multipliedBy(2);
      lead = twice.compareTo(SHORTEST_LEAD) < 0 ? SHORTEST_LEAD : twice;
      lead = lead.compareTo(LONGEST_LEAD) > 0 ? LONGEST_LEAD : lead;
    } else {
      lead = lead.multipliedBy(7).dividedBy(8);
      lead = lead.compareTo(SHORTEST_LEAD) < 0 ? Duration.ZERO : lead;
    }
  }

  private boolean awaitTime(long due, int slowdownsBefore) throws InterruptedException {
    for (long left = due - System.nanoTime();
        left > 0 && slowdowns == slowdownsBefore;
        left = due - System.nanoTime()) {
      var _ = changed.awaitNanos(left);
    }
    return slowdowns == slowdownsBefore;
  }

  private void awaitCommand(Duration atMost) throws InterruptedException {
    long until = System.nanoTime() + atMost.toNanos();
    for (long left = atMost.toNanos();
        left > 0 && commands() == 0 && !queue(Urgency.POLL).isEmpty();
        left = until - System.nanoTime()) {
      var _ = changed.awaitNanos(left);
    }
  }

  /// A slot booked for a command is never a poll's: it was not counted into the polls' share.
  private void give(Pace.Turn turn, boolean poll) {
    for (Urgency urgency : Urgency.values()) {
      var queue = queue(urgency);
      if (!queue.isEmpty() && (urgency != Urgency.POLL || poll)) {
        Waiter next = queue.removeFirst();
        next.turn = turn;
        next.called.signal();
        return;
      }
    }
  }
}
