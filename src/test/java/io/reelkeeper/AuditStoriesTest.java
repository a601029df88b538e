package io.reelkeeper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.sandbox.Faults.Fault;
import io.reelkeeper.sandbox.Faults.NoticeFault;
import io.reelkeeper.sandbox.Faults.Operation;
import io.reelkeeper.session.Sweep;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Whether files are where they belong, and what is said when they are not.
class AuditStoriesTest {

  private static final String LESSONS = "\"prefix\": [\"lessons\"]";

  private World world;

  @BeforeEach
  void world() {
    world = World.fresh();
  }

  /// A minute of a lesson, stopped by us; that all is uploaded is told a little later.
  private World.Recording ended(String more) {
    world.faults().notices(NoticeFault.DELAY, 31);
    World.Recording lesson = world.starts("math-101", more);
    world.passesSeconds(70);
    lesson.stops();
    return lesson;
  }

  private List<String> keys(String ending) {
    return world.buckets().keys("recordings", "").stream()
        .filter(key -> key.endsWith(ending))
        .toList();
  }

  private static JsonNode file(World.Recording lesson, String ending) {
    return lesson
        .shown()
        .path("files")
        .valueStream()
        .filter(it -> it.path("name").stringValue().endsWith(ending))
        .findFirst()
        .orElseThrow();
  }

  private List<String> events(String type) {
    return world
        .jdbc()
        .sql("select data::text from outbox where type = ? order by id")
        .param(type)
        .query((row, _) -> row.getString(1))
        .list();
  }

  @Test
  void aRecordingWhoseFilesAreAllThereIsVerifiedOnceAgoraHasUploaded() throws Exception {
    World.Recording lesson = ended(LESSONS + ", \"files\": {\"avFileType\": [\"hls\", \"mp4\"]}");

    world.passesSeconds(90);

    assertThat(lesson.audit()).isEqualTo("verified");
    assertThat(lesson.findings()).isEmpty();
    JsonNode playlist = file(lesson, ".m3u8");
    assertThat(playlist.path("present").booleanValue()).isTrue();
    assertThat(playlist.path("size").longValue()).isPositive();
    assertThat(playlist.path("seconds").doubleValue()).isBetween(60.0, 80.0);
    assertThat(file(lesson, ".mp4").path("size").longValue()).isPositive();
    assertThat(file(lesson, ".ts").path("seconds").doubleValue()).isEqualTo(15.0);
    assertThat(body(playlist.path("url").stringValue())).startsWith("#EXTM3U");
    assertThat(events("audit.settled")).singleElement().asString().contains("verified");
  }

  @Test
  void withoutAgorasWordNothingIsSettledBeforeTheLastPass() {
    world.faults().silence();
    World.Recording lesson = ended(LESSONS);

    world.passesSeconds(90);
    assertThat(lesson.audit()).isEqualTo("pending");
    assertThat(lesson.findings()).isEmpty();
    world.jumps(Duration.ofHours(2));
    assertThat(lesson.audit()).isEqualTo("pending");

    world.jumps(Duration.ofHours(22));
    assertThat(lesson.audit()).isEqualTo("verified");
  }

  @Test
  void oneSliceOfManyThatIsNotThereIsNamed() {
    World.Recording lesson = ended(LESSONS);
    String lost = keys(".ts").get(2);
    world.buckets().remove("recordings", lost);

    world.passesSeconds(90);
    assertThat(lesson.audit()).isEqualTo("pending");
    assertThat(lesson.findings()).anyMatch(it -> it.startsWith("missing-file |  | " + lost));

    world.jumps(Duration.ofHours(24));
    assertThat(lesson.audit()).isEqualTo("incomplete");
    assertThat(lesson.findings())
        .anyMatch(it -> it.startsWith("missing-file |  | " + lost))
        .anyMatch(
            it -> it.contains("31 (all uploaded), \"uploaded\" to the stop; the bucket holds"));
    assertThat(file(lesson, lost).path("present").booleanValue()).isFalse();
    assertThat(file(lesson, lost).path("url").isNull()).isTrue();
  }

  @Test
  void anEmptySliceIsNoSlice() {
    World.Recording lesson = ended(LESSONS);
    String emptied = keys(".ts").getFirst();
    world.buckets().put("recordings", emptied, new byte[0]);

    world.jumps(Duration.ofHours(25));

    assertThat(lesson.audit()).isEqualTo("incomplete");
    assertThat(lesson.findings()).anyMatch(it -> it.startsWith("empty-file |  | " + emptied));
    assertThat(file(lesson, emptied).path("size").longValue()).isZero();
  }

  @Test
  void minutesThatNobodyNamedAreMissedByTheClock() {
    World.Recording lesson = world.starts("math-101", LESSONS);
    world.passes(Duration.ofMinutes(10));
    lesson.stops();
    String key = keys(".m3u8").getFirst();
    String text = new String(world.buckets().read("recordings", key), UTF_8);
    List<String> lines = text.lines().toList();
    int first = lines.indexOf(lines.stream().filter(it -> it.endsWith(".ts")).toList().get(10)) - 1;
    String cut =
        String.join("\n", lines.subList(0, first))
            + "\n"
            + String.join("\n", lines.subList(first + 10, lines.size()));
    world.buckets().put("recordings", key, cut.getBytes(UTF_8));

    world.jumps(Duration.ofHours(25));

    assertThat(lesson.audit()).isEqualTo("incomplete");
    assertThat(lesson.findings())
        .anyMatch(
            it ->
                it.matches(
                    "missing-time .* 08:[0-4]\\d of \\d\\d:\\d\\d, one hole of 75 s at 02:.*"));
  }

  @Test
  void noFileAtAllIsMissing() {
    World.Recording lesson = ended(LESSONS);
    world.buckets().clear("recordings");

    world.jumps(Duration.ofHours(25));

    assertThat(lesson.audit()).isEqualTo("missing");
    assertThat(file(lesson, ".m3u8").path("present").booleanValue()).isFalse();
  }

  @Test
  void filesAtAnotherProfileAreMisplacedAndTheStartCallIsNamed() {
    World.Recording lesson = ended(LESSONS);
    for (String key : keys("")) {
      world.buckets().put("elsewhere", key, world.buckets().read("recordings", key));
    }
    world.buckets().clear("recordings");

    world.passesSeconds(90);

    assertThat(lesson.audit()).isEqualTo("misplaced");
    String sid = lesson.task(0).path("sid").stringValue();
    assertThat(lesson.findings())
        .anyMatch(
            it ->
                it.startsWith("misplaced | backup | lessons/" + sid)
                    && it.contains("bucket elsewhere of profile backup")
                    && it.contains("the start call of task 1 at ")
                    && it.contains("asked for profile primary (s3-compatible, bucket recordings)"))
        .anyMatch(it -> it.startsWith("not-searched | vault") && it.contains("write-only"));
    assertThat(events("audit.settled")).singleElement().asString().contains("misplaced");
  }

  @Test
  void aCopyAtAnotherProfileIsNotWhereTheFilesWereSent() {
    World.Recording lesson = ended(LESSONS);
    String lost = keys(".ts").get(2);
    world.buckets().remove("recordings", lost);
    for (String key : keys("")) {
      world.buckets().put("elsewhere", key, world.buckets().read("recordings", key));
    }

    world.jumps(Duration.ofHours(25));

    assertThat(lesson.audit()).isEqualTo("incomplete");
    assertThat(lesson.findings()).noneMatch(it -> it.startsWith("misplaced"));
  }

  @Test
  void aBucketThatCannotBeReadHidesNothingItIsUnreachable() {
    world.buckets().fails("list", 403);
    World.Recording lesson = ended(LESSONS);

    world.passesSeconds(90);
    assertThat(lesson.audit()).isEqualTo("unreachable");
    assertThat(lesson.findings()).singleElement().asString().contains("not allowed: HTTP 403");

    world.buckets().heals();
    world.passes(Duration.ofMinutes(10));
    assertThat(lesson.audit()).isEqualTo("verified");
  }

  @Test
  void aWriteOnlyProfileIsNeverReadAndHandsOutNoLinks() {
    World.Recording lesson = world.starts("math-101", "composite", "vault", "");
    world.passesSeconds(70);
    lesson.stops();
    world.buckets().forgetCalls();

    world.jumps(Duration.ofHours(25));

    assertThat(lesson.audit()).isEqualTo("unreachable");
    assertThat(lesson.findings()).singleElement().asString().contains("write-only");
    assertThat(world.buckets().calls("list")).isZero();
    assertThat(lesson.shown().path("files").valueStream())
        .isNotEmpty()
        .allMatch(it -> it.path("url").isNull());
  }

  @Test
  void anEmptyChannelLeavesNothingToMiss() {
    world.sandbox().channel("math-101").isEmpty();
    World.Recording lesson = ended(LESSONS);
    world.passesSeconds(30);

    assertThat(lesson.audit()).isEqualTo("empty");
  }

  @Test
  void theTimeInWhichAnIdleRecorderWaitedIsNotMissed() {
    World.Recording lesson = world.starts("math-101", LESSONS);
    world.passesSeconds(70);
    world.sandbox().channel("math-101").isEmpty();

    world.passes(Duration.ofMinutes(8));

    assertThat(lesson.reason()).isEqualTo("idle");
    assertThat(lesson.audit()).isEqualTo("verified");
  }

  @Test
  void whatAgoraKeptInItsBackupIsVerifiedWhenItComes() {
    World.Recording lesson = world.starts("math-101", LESSONS);
    world.passesSeconds(70);
    world.buckets().fails("putBlob", 503);
    lesson.stops();
    world.passesSeconds(70);
    assertThat(lesson.audit()).isEqualTo("backed-up");

    world.buckets().heals();
    world.passes(Duration.ofMinutes(12));

    assertThat(lesson.audit()).isEqualTo("verified");
  }

  @Test
  void whatIsListedLateIsNotMissed() {
    world.buckets().hides(".ts");
    World.Recording lesson = ended(LESSONS);
    world.passesSeconds(90);
    assertThat(lesson.audit()).isEqualTo("pending");

    world.buckets().heals();
    world.passes(Duration.ofMinutes(10));

    assertThat(lesson.audit()).isEqualTo("verified");
  }

  @Test
  void afterAFailoverBothPartsAreJudgedAndPlayedAsOne() throws Exception {
    World.Recording lesson = world.starts("math-101", LESSONS);
    world.passesSeconds(70);
    world.sandbox().failOver("math-101", Duration.ofSeconds(15));
    world.passesSeconds(90);
    lesson.stops();
    world.passesSeconds(90);

    assertThat(keys(".m3u8")).hasSize(2).anyMatch(it -> it.startsWith("lessons/bak0_"));
    assertThat(lesson.audit()).isEqualTo("verified");

    HttpResponse<String> answer = world.get("/v1/sessions/" + lesson.id + "/playlist.m3u8");
    assertThat(answer.statusCode()).isEqualTo(200);
    List<String> links = answer.body().lines().filter(it -> it.startsWith("http")).toList();
    assertThat(links).hasSize(keys(".ts").size());
    assertThat(links.getLast()).contains("bak0_");
    assertThat(answer.body()).contains("#EXT-X-DISCONTINUITY").endsWith("#EXT-X-ENDLIST\n");
    assertThat(body(links.getFirst())).startsWith("G");
  }

  @Test
  void aPlaylistThatTheBackupSentAgainCountsWhenItIsLarger() {
    World.Recording lesson = ended(LESSONS);
    String key = keys(".m3u8").getFirst();
    byte[] whole = world.buckets().read("recordings", key);
    String again = key.replace(".m3u8", "_22194679897_0.m3u8");
    world.buckets().put("recordings", again, whole);
    world.buckets().put("recordings", key, "#EXTM3U\n".getBytes(UTF_8));

    world.passesSeconds(90);

    assertThat(lesson.audit()).isEqualTo("verified");
    assertThat(file(lesson, again).path("seconds").doubleValue()).isGreaterThan(60);
  }

  @Test
  void usersThatAreRecordedApartAreJudgedTogether() {
    World.Recording lesson = world.starts("math-101", "individual", "primary", LESSONS);
    world.passesSeconds(200);
    lesson.stops();
    world.passesSeconds(90);

    assertThat(keys(".m3u8")).allMatch(it -> it.contains("__uid_s_")).isNotEmpty();
    assertThat(lesson.audit()).isEqualTo("verified");
  }

  @Test
  void aWebPageIsJudgedUnderItsNamesInTheBucket() {
    World.Recording page =
        world.starts(
            "room_1.a",
            "web",
            "primary",
            LESSONS
                + ", \"web\": {\"url\": \"https://lms.example/room\", \"audioProfile\": 0,"
                + " \"videoWidth\": 1280, \"videoHeight\": 720, \"maxRecordingHour\": 1},"
                + " \"files\": {\"avFileType\": [\"hls\", \"mp4\"]}");
    world.passesSeconds(70);
    page.stops();
    world.passesSeconds(90);

    assertThat(keys(".m3u8")).singleElement().asString().endsWith("_room-1-a.m3u8");
    assertThat(page.audit()).isEqualTo("verified");
    assertThat(file(page, "_0.mp4").path("present").booleanValue()).isTrue();
  }

  @Test
  void anMp4ThatWasAskedForAndIsNotThereIsMissed() {
    World.Recording lesson = ended(LESSONS + ", \"files\": {\"avFileType\": [\"hls\", \"mp4\"]}");
    world.passesSeconds(5);
    world.buckets().remove("recordings", keys(".mp4").getFirst());

    world.jumps(Duration.ofHours(25));

    assertThat(lesson.audit()).isEqualTo("incomplete");
    assertThat(lesson.findings())
        .anyMatch(it -> it.startsWith("missing-file") && it.contains(".mp4"));
  }

  @Test
  void anAuditMayBeAskedForAndFindsWhatWasLostSince() {
    World.Recording lesson = ended(LESSONS);
    world.passesSeconds(90);
    world.jumps(Duration.ofHours(24));
    world.buckets().remove("recordings", keys(".ts").getFirst());

    HttpResponse<String> answer = world.post("/v1/sessions/" + lesson.id + "/audit", "");
    assertThat(answer.statusCode()).isEqualTo(202);
    world.settle();

    assertThat(lesson.audit()).isEqualTo("incomplete");
  }

  @Test
  void theCaseOfTheSupportArticleIsAnsweredFromBothSides() {
    world.faults().on(Operation.START, Fault.error(400, 2, "invalid storageConfig"));
    World.Recording first = world.starts("math-101", LESSONS);
    assertThat(first.status()).isEqualTo("failed");
    world.passesSeconds(3);
    World.Recording second = world.starts("math-101", "composite", "backup", "");
    world.passesSeconds(70);
    second.stops();
    world.passesSeconds(90);

    assertThat(second.audit()).isEqualTo("verified");
    assertThat(second.findings())
        .anyMatch(
            it ->
                it.startsWith("duplicate-start | primary")
                    && it.contains("request " + first.id)
                    && it.contains("failed on storage primary")
                    && it.contains("start, HTTP 400, code 2")
                    && it.contains("request " + second.id)
                    && it.contains("succeeded on storage backup (bucket elsewhere)")
                    && it.endsWith("this session holds the second one"));
    assertThat(first.audit()).isEqualTo("empty");
    assertThat(first.findings())
        .anyMatch(it -> it.endsWith("session " + second.id + " holds the second one"));
    assertThat(second.summary())
        .contains("Files belong to bucket `elsewhere`", "Audit **verified**")
        .contains("duplicate-start", "failed on storage primary", "succeeded on storage backup");
    assertThat(first.summary()).contains("Files belong to bucket `recordings`", "Audit **empty**");
  }

  @Test
  void anAuditThatLostItsTimerGetsItBack() {
    world.faults().silence();
    World.Recording lesson = ended(LESSONS);
    world.passesSeconds(90);
    world.jdbc().sql("delete from scheduled_tasks where task_name = 'AUDIT'").update();
    world.jumps(Duration.ofHours(24));
    assertThat(lesson.audit()).isEqualTo("pending");

    assertThat(world.bean(Sweep.class).run()).isEqualTo(1);
    world.settle();

    assertThat(lesson.audit()).isEqualTo("verified");
  }

  @Test
  void tenThousandObjectsAreJudgedWithElevenListings() {
    World.Recording lesson = ended(LESSONS);
    String key = keys(".m3u8").getFirst();
    String stem = key.substring("lessons/".length()).replace(".m3u8", "");
    world.buckets().clear("recordings");
    var text = new StringBuilder("#EXTM3U\n");
    for (int i = 0; i < 9_999; i++) {
      String name =
          "%s_20260302%02d%02d%05d.ts".formatted(stem, i / 3600, i / 60 % 60, i % 60 * 1000);
      text.append("#EXTINF:1.0\n").append(name).append('\n');
      world.buckets().put("recordings", "lessons/" + name, new byte[] {0x47});
    }
    world
        .buckets()
        .put("recordings", key, text.append("#EXT-X-ENDLIST\n").toString().getBytes(UTF_8));
    world.buckets().forgetCalls();

    world.passesSeconds(61);

    assertThat(lesson.findings()).isEmpty();
    assertThat(lesson.audit()).isEqualTo("verified");
    assertThat(world.buckets().calls("list")).isLessThanOrEqualTo(11);
    assertThat(world.buckets().calls("getBlob")).isEqualTo(1);
    assertThat(world.buckets().calls("blobMetadata")).isZero();
  }

  private static String body(String url) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
