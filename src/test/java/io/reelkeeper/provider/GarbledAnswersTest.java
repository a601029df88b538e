package io.reelkeeper.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.Garbled;
import io.reelkeeper.core.Operation;
import io.reelkeeper.provider.Classify.Said;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// Whatever Agora answers has a verdict, and nothing is taken from it that it does not say.
class GarbledAnswersTest {

  private static final Set<Integer> STATUSES = Set.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 20);

  @Provide
  Arbitrary<byte[]> answers() {
    return Garbled.of(
        "{\"resourceId\":\"JyvK8nXHuV1BE64GDkAaBGEscvtHW7v8BrQoRPCHxmeVxwY22-x-kv4GdPcjZeMzoCBU\"}",
        "{\"resourceId\":\"RES-1\",\"sid\":\"38f8e3cfdc474cd56fc1ceba380d7e1a\"}",
        "{\"code\":2,\"reason\":\"Acquire: invalid resourceExpiredHour value!\"}",
        "{\"sid\":\"s\",\"code\":404,\"serverResponse\":{\"payload\":{\"message\":\"Failed\"}}}",
        """
        {"resourceId":"R","sid":"38f8e3cfdc474cd56fc1ceba380d7e1a","serverResponse":{"status":5,\
        "fileListMode":"json","fileList":[{"fileName":"a.m3u8","trackType":"audio_and_video",\
        "uid":"0","mixedAllUser":true,"isPlayable":true,"sliceStartTime":1623476220000}],\
        "sliceStartTime":1623476220000}}\
        """,
        """
        {"resourceId":"R","sid":"38f8e3cfdc474cd56fc1ceba380d7e1a","serverResponse":{\
        "extensionServiceState":[{"payload":{"fileList":[{"filename":"a.m3u8",\
        "sliceStartTime":1623476220000}],"onhold":false,"state":"inProgress"},\
        "serviceName":"web_recorder_service"}],"uploadingStatus":"uploaded","status":20}}\
        """);
  }

  @Property
  void haveAVerdict(
      @ForAll("answers") byte[] answer,
      @ForAll Operation operation,
      @ForAll @IntRange(min = 100, max = 599) int status) {
    JsonNode body = parsed(answer);
    Said said = Said.in(body);

    Classify.Finding found = Classify.judge(operation, status, said);

    assertThat(found.reason()).isNotBlank().hasSizeLessThan(400);
    Heard.Acquired.in(body)
        .ifPresent(it -> assertThat(it.resourceId()).matches("[\\x21-\\x7e]{4,2048}"));
    Heard.Started.in(body)
        .ifPresent(it -> assertThat(it.sid()).isEqualTo(body.path("sid").asString()));
    Optional<Heard.Queried> queried = Heard.Queried.in(body);
    queried.ifPresent(it -> assertThat(it.status()).isIn(STATUSES));
    queried.map(Heard.Queried::files).ifPresent(GarbledAnswersTest::areNamed);
    Heard.Stopped.in(body).map(Heard.Stopped::files).ifPresent(GarbledAnswersTest::areNamed);
    Heard.Updated.in(body);
    Heard.Present.in(body);
  }

  private static void areNamed(List<Heard.File> files) {
    for (Heard.File file : files) {
      assertThat(file.name()).isNotBlank().hasSizeLessThanOrEqualTo(1024);
      assertThat(file.sliceStartMs()).isNotNegative();
    }
  }

  private static JsonNode parsed(byte[] answer) {
    try {
      JsonNode node = Bench.JSON.readTree(answer);
      return node.isObject() ? node : MissingNode.getInstance();
    } catch (JacksonException e) {
      return MissingNode.getInstance();
    }
  }
}
