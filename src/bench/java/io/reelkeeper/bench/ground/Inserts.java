package io.reelkeeper.bench.ground;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// What pgbench would say: clients that insert and commit one row after the other.
public final class Inserts {

  private Inserts() {}

  /// @return rows per second
  public static double perSecond(Database database, int clients, Duration time) throws Exception {
    long end = System.nanoTime() + time.toNanos();
    Callable<Integer> client = () -> insert(database, end);
    try (var threads = Executors.newFixedThreadPool(clients)) {
      var running = new ArrayList<Future<Integer>>();
      for (int i = 0; i < clients; i++) {
        running.add(threads.submit(client));
      }
      int rows = 0;
      for (Future<Integer> done : running) {
        rows += done.get();
      }
      return rows / (time.toMillis() / 1000.0);
    }
  }

  private static int insert(Database database, long end) throws Exception {
    String said = "one row of some hundred bytes, as a notice is: ".repeat(8);
    try (Connection connection = DriverManager.getConnection(database.adminUrl());
        PreparedStatement insert =
            connection.prepareStatement("insert into bench.yardstick values (?, ?)")) {
      int rows = 0;
      for (; System.nanoTime() < end; rows++) {
        insert.setObject(1, UUID.randomUUID());
        insert.setString(2, said);
        insert.executeUpdate();
      }
      return rows;
    }
  }
}
