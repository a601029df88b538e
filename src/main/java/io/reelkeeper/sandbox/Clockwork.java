package io.reelkeeper.sandbox;

import io.reelkeeper.sandbox.recorder.Timeline;
import io.reelkeeper.sandbox.recorder.Timeline.Step;
import io.reelkeeper.sandbox.recorder.Timeline.What;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets time pass: by itself when live, else when it is asked to. It owns the lock of the sandbox.
final class Clockwork implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Clockwork.class);

  /// Fine enough for steps of seconds.
  private static final Duration TICK = Duration.ofMillis(50);

  /// What a live sandbox may forget when its process is killed; starts and stops are kept at once.
  private static final Duration SAVED_EVERY = Duration.ofSeconds(1);

  private final Clock clock;
  private final Timeline timeline;
  private final Notices notices;
  private final Consumer<Step> run;
  private final Runnable save;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition allDone = lock.newCondition();
  private int underWay;
  private final ReentrantLock oneRun = new ReentrantLock();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile @Nullable ScheduledExecutorService ticker;
  private boolean unsaved;
  private Instant saved = Instant.EPOCH;

  /// @param run does a step that is not a notice
  /// @param save writes the state, if there is a file for it
  Clockwork(Clock clock, Timeline timeline, Notices notices, Consumer<Step> run, Runnable save) {
    this.clock = clock;
    this.timeline = timeline;
    this.notices = notices;
    this.run = run;
    this.save = save;
  }

  /// Looks at the state as it is now, after all that was due.
  <T> T look(Function<Instant, T> work) {
    lock.lock();
    try {
      Instant now = clock.instant();
      settle(now);
      return work.apply(now);
    } finally {
      lock.unlock();
    }
  }

  /// Changes the state, after all that was due; the change is kept before this returns.
  <T> T change(Function<Instant, T> work) {
    return look(
        now -> {
          T result = work.apply(now);
          save(now);
          return result;
        });
  }

  /// Runs slow work without the lock, then what follows with it; at once when time stands still.
  <T> void outside(Supplier<T> work, BiConsumer<T, Instant> then, Instant at) {
    if (ticker == null) {
      then.accept(work.get(), at);
      return;
    }
    execute(
        () -> {
          T outcome = work.get();
          look(
              now -> {
                unsaved = true;
                then.accept(outcome, now);
                return outcome;
              });
        });
  }

  /// Runs on a thread of its own; [#runDue] waits for it.
  private void execute(Runnable work) {
    count(1);
    threads.execute(
        () -> {
          try {
            work.run();
          } finally {
            count(-1);
          }
        });
  }

  private void count(int more) {
    lock.lock();
    try {
      underWay += more;
      if (underWay == 0) {
        allDone.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Waits for what other threads do; whether there was anything.
  private boolean awaitOthers() {
    lock.lock();
    try {
      boolean any = underWay > 0;
      while (underWay > 0) {
        allDone.awaitUninterruptibly();
      }
      return any;
    } finally {
      lock.unlock();
    }
  }

  /// Does all that is due in the order of time; its notices were answered when this returns, and
  /// so were those that went out by themselves.
  void runDue() {
    oneRun.lock();
    try {
      do {
        for (Step step = next(); step != null; step = next()) {
          if (step.what() == What.NOTICE) {
            deliver(step, step.at());
          }
        }
      } while (awaitOthers());
      change(now -> now);
    } finally {
      oneRun.unlock();
    }
  }

  private @Nullable Step next() {
    lock.lock();
    try {
      Step step = timeline.next(clock.instant());
      if (step != null && step.what() != What.NOTICE) {
        run.accept(step);
      }
      return step;
    } finally {
      lock.unlock();
    }
  }

  /// From now on time passes by itself.
  void start() {
    var scheduler =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("sandbox").daemon().factory());
    ticker = scheduler;
    var unused =
        scheduler.scheduleWithFixedDelay(
            this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void tick() {
    List<Step> due = new ArrayList<>();
    lock.lock();
    try {
      Instant now = clock.instant();
      settle(now);
      for (Step step = timeline.nextNotice(now); step != null; step = timeline.nextNotice(now)) {
        due.add(step);
        underWay++; // before the lock is given back: a step must not be overlooked in between
      }
      if (unsaved && now.isAfter(saved.plus(SAVED_EVERY))) {
        save(now);
      }
    } catch (RuntimeException e) {
      LOG.error("the sandbox stumbled", e); // the next tick must come all the same
    } finally {
      lock.unlock();
    }
    // each on a thread of its own: a slow receiver holds up nothing else
    due.forEach(
        step -> {
          execute(() -> deliver(step, clock.instant()));
          count(-1);
        });
  }

  private void deliver(Step step, Instant at) {
    Notices.Mail again = notices.deliver(step.argument(), at);
    lock.lock();
    try {
      unsaved = true;
      if (again != null) {
        notices.again(again, at);
      }
    } finally {
      lock.unlock();
    }
  }

  private void settle(Instant now) {
    for (Step step = timeline.nextStep(now); step != null; step = timeline.nextStep(now)) {
      unsaved = true;
      run.accept(step);
    }
  }

  private void save(Instant now) {
    saved = now;
    unsaved = false;
    save.run();
  }

  @Override
  public void close() {
    ScheduledExecutorService scheduler = ticker;
    if (scheduler != null) {
      scheduler.shutdownNow();
    }
    threads.shutdownNow();
    change(now -> now);
  }
}
