package io.reelkeeper.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ArrivalsTest {

  private final Arrivals arrivals = new Arrivals();

  @Test
  void aSecondEndsBeforeTheRequestThatComesAWholeSecondLater() {
    add(0, 500, 999);
    assertThat(arrivals.mostInASecond()).isEqualTo(3);

    add(1_000);
    assertThat(arrivals.mostInASecond()).isEqualTo(3);

    add(1_000);
    assertThat(arrivals.mostInASecond()).isEqualTo(4);
  }

  @Test
  void oneThatIsToldOfLateIsCountedWhereItCame() {
    add(5, 0, 500, 1_002, 1_003);
    assertThat(arrivals.mostInASecond()).as("all but the first").isEqualTo(4);

    add(4);
    assertThat(arrivals.mostInASecond()).isEqualTo(5);
  }

  @Test
  void theOrderOfTellingDoesNotMatter() {
    var random = new Random(7);
    for (int round = 0; round < 200; round++) {
      List<Integer> millis = new ArrayList<>(random.ints(30, 0, 2_000).boxed().toList());
      Collections.sort(millis);
      var inOrder = new Arrivals();
      millis.forEach(at -> add(inOrder, at));
      Collections.shuffle(millis, random);
      var shuffled = new Arrivals();
      millis.forEach(at -> add(shuffled, at));

      assertThat(shuffled.mostInASecond()).isEqualTo(inOrder.mostInASecond());
    }
  }

  private void add(int... millis) {
    for (int at : millis) {
      add(arrivals, at);
    }
  }

  private static void add(Arrivals arrivals, int millis) {
    arrivals.add(TimeUnit.MILLISECONDS.toNanos(millis));
  }
}
