package io.reelkeeper.session.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.session.state.Signal;
import org.junit.jupiter.api.Test;

/// Watching goes on for as long as a recorder is wanted: no deadline is lost on the way, and none
/// outlives its task.
class WatchRulesTest {

  @Test
  void aPageThatFallsSilentWhileItsReplacementIsCalledOffIsReplacedAllTheSame() {
    Life life = Life.ofPage().recording().hears(new Signal.PageReady(1)).lost(1);
    life.untilDue("PAGE/1").hears(new Signal.PageDue(1));
    assertThat(life.rule).as("somebody takes over already").isEqualTo(Rule.NOTED);

    life.untilDue("QUERY/1").answers(1, 5);
    assertThat(life.rule).isEqualTo(Rule.FOUND_AGAIN);

    life.untilDue("PAGE/1").hears(new Signal.PageDue(1));
    assertThat(life.rule).isEqualTo(Rule.PAGE_SILENT);
    assertThat(life.task(3).cause().word()).isEqualTo("page-silent");
  }

  @Test
  void aPageThatWasReplacedIsAskedForNoMore() {
    Life life = Life.ofPage().recording().untilDue("PAGE/1").hears(new Signal.PageDue(1));

    life.granted(2, Life.SECOND_SID).untilDue("QUERY/2").answers(2, 5);

    assertThat(life.task(1).wanted()).isFalse();
    assertThat(life.timers).doesNotContainKey("PAGE/1").containsKey("PAGE/2");
  }
}
