package io.reelkeeper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.sandbox.Faults.NoticeFault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Buckets that fail, come late or hold what nobody should believe: nothing is called missing, and
/// nothing verified, without proof.
class BucketFailureStoriesTest {

  private static final String LESSONS = "\"prefix\": [\"lessons\"]";

  private World world;

  @BeforeEach
  void world() {
    world = World.fresh();
  }

  /// A minute of a lesson, stopped by us; that all is uploaded is told a little later.
  private World.Recording ended(String mode) {
    world.faults().notices(NoticeFault.DELAY, 31);
    World.Recording lesson = world.starts("math-101", mode, "primary", LESSONS);
    world.passesSeconds(70);
    lesson.stops();
    return lesson;
  }

  private String key(String ending) {
    return world.buckets().keys("recordings", "").stream()
        .filter(key -> key.endsWith(ending))
        .findFirst()
        .orElseThrow();
  }

  private void put(String key, String content) {
    world.buckets().put("recordings", key, content.getBytes(UTF_8));
  }

  @ParameterizedTest
  @CsvSource({
    "list, 403, HTTP 403",
    "list, 503, HTTP 503",
    "getBlob, 403, HTTP 403",
    "getBlob, 503, HTTP 503"
  })
  void aBucketThatFailsIsUnreachableUntilItIsLookedIntoAgain(String call, int status, String told) {
    World.Recording lesson = ended("composite");
    world.buckets().fails(call, status);

    world.passesSeconds(90);
    assertThat(lesson.audit()).isEqualTo("unreachable");
    assertThat(lesson.findings()).singleElement().asString().contains(told);

    world.jumps(Duration.ofHours(25));
    assertThat(lesson.audit()).isEqualTo("unreachable");
    assertThat(lesson.findings()).noneMatch(it -> it.startsWith("missing-file"));

    world.buckets().heals();
    world.post("/v1/sessions/" + lesson.id + "/audit", "");
    world.settle();
    assertThat(lesson.audit()).isEqualTo("verified");
  }

  @ParameterizedTest
  @ValueSource(strings = {".m3u8", "lessons/"})
  void whatIsListedLateIsPendingUntilItIsThere(String late) {
    World.Recording lesson = ended("composite");
    world.buckets().hides(late);
    world.passesSeconds(90);
    assertThat(lesson.audit()).isEqualTo("pending");

    world.buckets().heals();
    world.passes(Duration.ofMinutes(10));

    assertThat(lesson.audit()).isEqualTo("verified");
  }

  @Test
  void aMirrorOfWhatIsListedLateIsNoOtherPlace() {
    World.Recording lesson = ended("composite");
    for (String key : world.buckets().keys("recordings", "")) {
      world.buckets().put("elsewhere", key, world.buckets().read("recordings", key));
    }
    world.buckets().hides("recordings", key(".ts"));
    world.passesSeconds(90);
    assertThat(lesson.audit()).isEqualTo("pending");
    assertThat(lesson.findings()).anyMatch(it -> it.startsWith("misplaced"));

    world.buckets().heals();
    world.passes(Duration.ofMinutes(10));

    assertThat(lesson.audit()).isEqualTo("verified");
  }

  @Test
  void aStopThatTellsOfTheBackupIsBelievedWithoutAnyNotice() {
    world.faults().silence();
    World.Recording lesson = world.starts("math-101", LESSONS);
    world.passesSeconds(70);
    world.buckets().fails("putBlob", 503);
    lesson.stops();
    world.passesSeconds(70);
    assertThat(lesson.audit()).isEqualTo("backed-up");
    assertThat(lesson.findings()).anyMatch(it -> it.startsWith("no-end-mark"));

    world.buckets().heals();
    world.passes(Duration.ofMinutes(12));

    assertThat(lesson.audit()).isEqualTo("verified");
  }

  /// Agora may list no file at all where it records users apart.
  @Test
  void nothingInTheBucketIsMissingAlsoWhereNoFileWasEverNamed() {
    World.Recording lesson = ended("individual");
    world.buckets().clear("recordings");
    world.jdbc().sql("delete from recorded_file").update();

    world.passesSeconds(90);
    assertThat(lesson.audit()).isEqualTo("pending");

    world.jumps(Duration.ofHours(25));
    assertThat(lesson.audit()).isEqualTo("missing");
  }

  @Test
  void whatWasRecordedApartAndLiesElsewhereIsFoundWithoutANameToLookFor() {
    World.Recording lesson = ended("individual");
    for (String key : world.buckets().keys("recordings", "")) {
      world.buckets().put("elsewhere", key, world.buckets().read("recordings", key));
    }
    world.buckets().clear("recordings");
    world.jdbc().sql("delete from recorded_file").update();

    world.passesSeconds(90);

    assertThat(lesson.audit()).isEqualTo("misplaced");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#EXTM3U\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXTINF:60\nhttps://evil.example/a.ts\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXTINF:60\n../../secrets.ts\n#EXT-X-ENDLIST\n",
        "<html>this is no playlist</html>",
      })
  void aPlaylistThatNamesNoSliceProvesNothing(String content) {
    World.Recording lesson = ended("composite");
    put(key(".m3u8"), content);

    world.passesSeconds(90);
    assertThat(lesson.audit()).isEqualTo("pending");

    world.jumps(Duration.ofHours(25));
    assertThat(lesson.audit()).isEqualTo("incomplete");
  }

  @Test
  void namesThatNoStoreHoldsDoNotEndTheAudit() {
    World.Recording lesson = ended("composite");
    var random = new java.util.Random(7);
    String name =
        random
            .ints(3500, '0', 'z' + 1)
            .filter(Character::isLetterOrDigit)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    put(key(".m3u8"), "#EXTM3U\n#EXTINF:60\n" + name + ".ts\n#EXT-X-ENDLIST\n");

    world.jumps(Duration.ofHours(25));

    assertThat(lesson.audit()).isEqualTo("incomplete");
    assertThat(lesson.findings()).anyMatch(it -> it.startsWith("odd-playlist"));
  }

  @Test
  void aPlaylistLinksToNoFileOfAnotherRecording() {
    World.Recording lesson = ended("composite");
    world.passesSeconds(90);
    String playlist = key(".m3u8");
    put("lessons/private.mp4", "not yours");
    String own = new String(world.buckets().read("recordings", playlist), UTF_8);
    put(playlist, own.replace("#EXT-X-ENDLIST", "#EXTINF:5\nprivate.mp4\n#EXT-X-ENDLIST"));

    String merged = world.get("/v1/sessions/" + lesson.id + "/playlist.m3u8").body();

    assertThat(merged).contains(".ts?").doesNotContain("private");
  }

  @Test
  void theEvidenceOpensNoFileAndTellsNoKey() {
    World.Recording lesson = ended("composite");
    world.passesSeconds(90);
    assertThat(lesson.shown().toString()).contains("X-Amz-Signature");

    Map<String, String> evidence = lesson.evidence();

    assertThat(evidence).containsKeys("session.json", "audits.json", "summary.md");
    evidence.forEach(
        (name, text) ->
            assertThat(text).as(name).doesNotContain("X-Amz-", "\"access\"", "\"secret\""));
    assertThat(evidence.get("session.json")).contains(key(".m3u8"));
  }

  @Test
  void aNameInABucketWritesNoLineOfTheSummary() {
    World.Recording lesson = ended("composite");
    String sid = lesson.task(0).path("sid").stringValue();
    world.buckets().clear("recordings");
    put("lessons/" + sid + "_x`\n## Everything is well\n.m3u8", "no playlist");
    world.jumps(Duration.ofHours(25));

    List<String> lines = lesson.summary().lines().toList();

    assertThat(lesson.findings()).anyMatch(it -> it.contains("Everything is well"));
    assertThat(lines).noneMatch(it -> it.startsWith("## Everything"));
  }
}
