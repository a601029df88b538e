package io.reelkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.sandbox.Faults.Fault;
import io.reelkeeper.sandbox.Faults.Operation;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The console in a real browser, by what an operator does.
class ConsoleTest {

  private World world;
  private Tab tab;

  @BeforeEach
  void open() {
    world = World.fresh();
    tab = Tab.at(at("/console"));
  }

  @AfterEach
  void close() {
    if (tab == null) {
      return; // no browser here, which open() has said
    }
    try {
      assertThat(tab.complaints()).as("errors and violations of the page").isEmpty();
    } finally {
      tab.close();
    }
  }

  private URI at(String path) {
    return URI.create(world.url() + path);
  }

  /// By the keyboard alone: the field has the focus.
  private Tab logsIn(String key) {
    tab.until("document.activeElement && document.activeElement.id === 'key'");
    return tab.types(key).presses("Enter");
  }

  private World.Recording recording(String channel) {
    World.Recording recording = world.starts(channel);
    world.passesSeconds(10);
    assertThat(recording.status()).isEqualTo("recording");
    return recording;
  }

  @Test
  void aWrongKeyStaysOutsideAndAKnownOneGoesWhereItWanted() {
    tab.goes(at("/console/findings"));
    logsIn("rk_wrong").untilSays("This key is not known here.");

    logsIn(World.READER).untilSays("All files that were looked for are where they belong");

    assertThat(tab.value("location.pathname")).isEqualTo("/console/findings");
    assertThat(tab.value("document.cookie")).as("cookies that scripts can read").isEmpty();
  }

  @Test
  void anOperatorFindsARecordingByKeyboardAndStopsIt() {
    World.Recording recording = recording("math-101");
    logsIn(World.OPERATOR).untilSays("The one recording is well");

    tab.tabsTo("s-" + recording.id).presses("Enter").untilSays("What happened");
    assertThat(tab.text()).contains("Agora accepted the start", "recorder is in the channel");
    assertThat(tab.value("document.querySelector('.picture title').textContent"))
        .contains("1 recorders");

    tab.tabsTo("stop").presses("Enter").untilSays("Every recorder is being stopped");
    world.settle();

    tab.untilSays("Stopped: as requested"); // without being loaded again
    assertThat(recording.status()).isEqualTo("stopped");
    assertThat(world.running()).isEmpty();
  }

  @Test
  void aReplacementIsOrderedAndMadeBeforeTheOldRecorderIsLetGo() {
    World.Recording recording = recording("math-101");
    logsIn(World.OPERATOR).clicks("#s-" + recording.id);

    tab.clicks("#replace").untilSays("Another recorder takes over");
    world.settle();
    assertThat(world.running()).as("the old one and the new one").hasSize(2);

    world.passesSeconds(30);
    assertThat(recording.tasks()).isEqualTo("ended/requested live/operator");
    tab.untilSays("ordered by an operator");
  }

  @Test
  void whoMayOnlyReadSeesNoButtons() {
    World.Recording recording = recording("math-101");
    logsIn(World.READER).clicks("#s-" + recording.id).untilSays("What happened");

    assertThat(tab.value("document.querySelectorAll('main button').length")).isEqualTo("0");
    assertThat(tab.value("document.querySelectorAll('#evidence').length")).isEqualTo("1");
  }

  @Test
  void aPageThatChangesUnderAPressedButtonDoesNotLoseTheClick() {
    World.Recording recording = recording("math-101");
    logsIn(World.READER).untilSays("The one recording is well");
    tab.value("document.body.addEventListener('htmx:afterRequest', () => window.told = true)");

    tab.holds("#s-" + recording.id);
    recording("math-102");
    tab.until("window.told");
    assertThat(tab.text()).doesNotContain("math-102");

    tab.letsGo().untilSays("What happened");
  }

  @Test
  void whatBelongsToAForeignAppDoesNotExist() {
    World.Recording foreign =
        world.recording(
            world.post(
                "/v1/sessions",
                """
                {"app": "narrow", "channel": "secret-7", "mode": "composite", "storage": "primary"}
                """));
    logsIn(World.OPERATOR).untilSays("Nothing is being recorded");
    assertThat(tab.text()).doesNotContain("secret-7", "narrow");

    tab.goes(at("/console/sessions/" + foreign.id)).untilSays("There is no session with this id");
    tab.goes(at("/console?app=narrow")).untilSays("Nothing is being recorded");
    tab.goes(at("/console/notifications")).untilSays("classroom");
    assertThat(tab.text()).doesNotContain("narrow");
  }

  @Test
  void whatIsInTroubleStandsFirstAndIsToldWhileThePageIsOpen() {
    recording("aaa-well");
    recording("zzz-ill");
    logsIn(World.OPERATOR).untilSays("All 2 recordings are well");

    for (int times = 0; times < 2; times++) {
      world.sandbox().kill("zzz-ill");
      world.passesSeconds(40);
    }

    tab.untilSays("1 recording is in trouble").untilSays("Replaced 2 times within");
    assertThat(tab.text().indexOf("zzz-ill")).isLessThan(tab.text().indexOf("aaa-well"));
    tab.goes(at("/console?status=trouble")).untilSays("Replaced 2 times within");
    assertThat(tab.text()).doesNotContain("aaa-well");
  }

  @Test
  void anEndThatIsTriedAgainAndAgainIsTrouble() {
    World.Recording recording = recording("never-ends");
    world.faults().on(Operation.STOP, Fault.drop().times(1_000));
    recording.stops();
    world.passesSeconds(400);
    assertThat(recording.status()).isEqualTo("stopping");

    logsIn(World.OPERATOR).untilSays("Its end has not been proven for");
  }

  @Test
  void aLoginEndsByItselfAndWhenSomebodyLeaves() {
    logsIn(World.OPERATOR).untilSays("Nothing is being recorded");
    tab.clicks(".out button").until("location.pathname === '/console/login'");
    tab.goes(at("/console")).until("location.pathname === '/console/login'");

    logsIn(World.OPERATOR).untilSays("Nothing is being recorded");
    world.jumps(Duration.ofHours(11));

    // the open page finds out by itself
    tab.until("location.pathname === '/console/login'");
  }
}
