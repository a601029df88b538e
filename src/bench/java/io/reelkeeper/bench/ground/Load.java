package io.reelkeeper.bench.ground;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// What clients saw that each did one thing after the other, without a pause.
public record Load(List<Took> each, double seconds) {

  /// @param session whose it was
  public record Took(UUID session, double millis) {}

  /// One thing that a client does.
  public interface Step<T> {
    UUID with(T work) throws IOException;
  }

  /// Shares the work out among the clients; the first failure ends it.
  public static <T> Load of(int clients, List<T> work, Step<T> step) throws Exception {
    var left = new ConcurrentLinkedQueue<T>(work);
    Callable<List<Took>> client =
        () -> {
          var took = new ArrayList<Took>();
          for (T next = left.poll(); next != null; next = left.poll()) {
            long began = System.nanoTime();
            UUID session = step.with(next);
            took.add(new Took(session, (System.nanoTime() - began) / 1e6));
          }
          return took;
        };
    var each = new ArrayList<Took>();
    long began = System.nanoTime();
    try (var threads = Executors.newFixedThreadPool(clients)) {
      var running = new ArrayList<Future<List<Took>>>();
      for (int i = 0; i < clients; i++) {
        running.add(threads.submit(client));
      }
      for (Future<List<Took>> done : running) {
        each.addAll(done.get());
      }
    }
    return new Load(each, (System.nanoTime() - began) / (double) TimeUnit.SECONDS.toNanos(1));
  }

  public List<UUID> sessions() {
    return each.stream().map(Took::session).toList();
  }

  /// The same without what somebody else took for each session.
  public Load without(Map<UUID, Double> others) {
    return new Load(
        each.stream()
            .map(
                took ->
                    new Took(took.session, took.millis - others.getOrDefault(took.session, 0.0)))
            .toList(),
        seconds);
  }

  public double perSecond() {
    return each.size() / seconds;
  }

  public double median() {
    return percentile(50);
  }

  public double percentile(int percent) {
    double[] sorted = each.stream().mapToDouble(Took::millis).sorted().toArray();
    return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
  }
}
