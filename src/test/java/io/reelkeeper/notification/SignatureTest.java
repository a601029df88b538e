package io.reelkeeper.notification;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The vectors of reference §11.
class SignatureTest {

  private static final String OURS = "7f6d1c0b9e8a4f2d";

  private static final String DOCUMENTED =
      """
      {"eventMs":1560408533119,"eventType":10,"noticeId":"4eb720f0-8da7-11e9-a43e-53f411c2761f",\
      "notifyMs":1560408533119,"payload":{"a":"1","b":2},"productId":1}\
      """;

  private static final String WITHOUT_EVENT_MS =
      DOCUMENTED.replace("\"eventMs\":1560408533119,", "");

  private static final String MISPRINTED =
      WITHOUT_EVENT_MS.replace("a43e-53f411c2761f", "a43e53f411c2761f");

  private static final String EVENT_40 =
      """
      {"noticeId":"2000001428:4330:107","productId":3,"eventType":40,"notifyMs":1704067205123,\
      "sid":"38f8e3cfdc474cd56fc1ceba380d7e1a","payload":{"cname":"class32","uid":"527841",\
      "sid":"38f8e3cfdc474cd56fc1ceba380d7e1a","sequence":1,"sendts":1704067205011,"serviceType":1,\
      "details":{"msgName":"recorder_started","status":0}}}\
      """;

  private static final String EVENT_31 =
      """
      {"noticeId":"2000001428:4330:131","productId":3,"eventType":31,"notifyMs":1704070815200,\
      "sid":"38f8e3cfdc474cd56fc1ceba380d7e1a","payload":{"cname":"class32","uid":"527841",\
      "sid":"38f8e3cfdc474cd56fc1ceba380d7e1a","sequence":12,"sendts":1704070815090,"serviceType":2,\
      "details":{"msgName":"uploaded","status":0,"fileList":[\
      {"fileName":"38f8e3cfdc474cd56fc1ceba380d7e1a_class32_0.mp4","trackType":"audio_and_video",\
      "uid":"0","mixedAllUser":true,"isPlayable":true,"sliceStartTime":1704067206000},\
      {"fileName":"38f8e3cfdc474cd56fc1ceba380d7e1a_class32.m3u8","trackType":"audio_and_video",\
      "uid":"0","mixedAllUser":true,"isPlayable":true,"sliceStartTime":1704067206000}]}}}\
      """;

  private static final String EVENT_1 =
      """
      {"noticeId":"2000001428:4330:140","productId":3,"eventType":1,"notifyMs":1704067209000,\
      "sid":"38f8e3cfdc474cd56fc1ceba380d7e1a","payload":{"cname":"class32","uid":"527841",\
      "sid":"38f8e3cfdc474cd56fc1ceba380d7e1a","sequence":3,"sendts":1704067208900,"serviceType":0,\
      "details":{"msgName":"cloud_recording_error","module":1,"errorLevel":4,"errorCode":32,"stat":1,\
      "errorMsg":"bucket “exämple” 無"}}}\
      """;

  private static final String EVENT_40_V1 = "406dc8079fcf67db9e0040e51dd10b89193af882";
  private static final String EVENT_40_V2 =
      "dc2dd4cb1bdce44be865cab6cd0746fead735f01a768aeba0b5f18904b534690";

  static Stream<Arguments> vectors() {
    return Stream.of(
        Arguments.of(
            "secret",
            DOCUMENTED,
            155,
            "033c62f40f687675f17f0f41f91a40c71c0f134c",
            "6d3320c60b11101395b7fc8f9068748808a0aa1bfa064438e39d1bc2c7d74d99"),
        Arguments.of(
            "secret",
            WITHOUT_EVENT_MS,
            131,
            "5a3bb6a6d9fad2ea9ae3fb707a14c9d7f3136df1",
            "de96da5acf03b0021ac3b4fa2225e7ae6f3533a30d50bb02c08ea4fa748bda24"),
        Arguments.of(
            "secret",
            MISPRINTED,
            130,
            "92ea60c5249b641f80de046d11e1cb2d15f1d1b2",
            "6ba85d7c1122f6c51143cce7765f06c601c0fbd691987f4510e45b943b2639e8"),
        Arguments.of(OURS, EVENT_40, 319, EVENT_40_V1, EVENT_40_V2),
        Arguments.of(
            OURS,
            EVENT_31,
            666,
            "bb221c9ddf17b55c11b4a7e4589efa09420b9eb7",
            "2bdea3b0d6d334c802bbad2c199d5b4a53c24ca9dda36b8317f3d250f08153a2"),
        Arguments.of(
            OURS,
            EVENT_1,
            401,
            "8eb53eb4813e698d874a96d3e9014441b7acd94f",
            "709802f955467708e459e7272d3c93e9d726984daaadb4afd7e58a0a2e7bc9f4"),
        Arguments.of(
            OURS,
            EVENT_40 + "\n",
            320,
            "90aa0c642b19b99177bce827ef723929a9998668",
            "e958c4e334b552bdd641519067101df6088c21551b6c04adf7bca4f7a17fb7f8"),
        Arguments.of(
            OURS,
            pretty(),
            410,
            "0284b04f2f62ee000f5a58353a43e348b6d21b60",
            "5a19fa054995023a937e83e49a875891342287fcf63177e50995b7a5f65f18ee"));
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void bothSignaturesOfAVectorAreAccepted(
      String secret, String body, int bytes, String v1, String v2) {
    assertThat(body.getBytes(UTF_8)).hasSize(bytes);
    assertThat(valid(body, secret, v2, v1)).isTrue();
    assertThat(valid(body, secret, v2, null)).isTrue();
    assertThat(valid(body, secret, null, v1)).isTrue();
    assertThat(valid(body, secret, v2.toUpperCase(Locale.ROOT), null)).isTrue();
    assertThat(valid(body, secret, null, v1.toUpperCase(Locale.ROOT))).isTrue();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void anotherSecretOrBodyIsRefused(String secret, String body, int bytes, String v1, String v2) {
    assertThat(valid(body, secret + "x", v2, v1)).isFalse();
    assertThat(valid(body + " ", secret, v2, v1)).isFalse();
    assertThat(valid(body, secret, null, null)).isFalse();
    assertThat(valid(body.substring(0, bytes / 2), secret, v2, v1)).isFalse();
  }

  @Test
  void theSameJsonInOtherBytesIsRefused() {
    assertThat(valid(EVENT_40 + "\n", OURS, EVENT_40_V2, EVENT_40_V1)).isFalse();
    assertThat(valid(pretty(), OURS, EVENT_40_V2, EVENT_40_V1)).isFalse();
    assertThat(
            valid(
                EVENT_1.replace("無", "\\u7121"),
                OURS,
                "709802f955467708e459e7272d3c93e9d726984daaadb4afd7e58a0a2e7bc9f4",
                null))
        .isFalse();
  }

  @Test
  void theNewerSignatureDecidesWhenItIsThere() {
    String wrong = "0".repeat(64);

    assertThat(valid(EVENT_40, OURS, wrong, EVENT_40_V1)).isFalse();
    assertThat(valid(EVENT_40, OURS, "", EVENT_40_V1)).isFalse();
    assertThat(valid(EVENT_40, OURS, EVENT_40_V2, "0".repeat(40))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "z", "zz", "dc2dd4cb", "dc2dd4cb1bdce44b 865cab6cd0746fead735f01a7"})
  void whatIsNoHexOrOfAnotherLengthIsRefused(String given) {
    assertThat(valid(EVENT_40, OURS, given, null)).isFalse();
    assertThat(valid(EVENT_40, OURS, null, given)).isFalse();
    assertThat(valid(EVENT_40, OURS, EVENT_40_V1, null)).isFalse();
    assertThat(valid(EVENT_40, OURS, null, EVENT_40_V2)).isFalse();
    assertThat(valid(EVENT_40, OURS, "z" + EVENT_40_V2.substring(1), null)).isFalse();
  }

  @Test
  void bothSecretsCountWhileAgoraChangesOver() {
    byte[] body = EVENT_40.getBytes(UTF_8);

    assertThat(Signature.isValid(body, List.of("next", OURS), EVENT_40_V2, null)).isTrue();
    assertThat(Signature.isValid(body, List.of(OURS, "next"), EVENT_40_V2, null)).isTrue();
    assertThat(Signature.isValid(body, List.of("next"), EVENT_40_V2, null)).isFalse();
    assertThat(Signature.isValid(body, List.of(), EVENT_40_V2, EVENT_40_V1)).isFalse();
  }

  private static boolean valid(
      String body, String secret, @Nullable String v2, @Nullable String v1) {
    return Signature.isValid(body.getBytes(UTF_8), List.of(secret), v2, v1);
  }

  private static String pretty() {
    return """
    {
      "noticeId": "2000001428:4330:107",
      "productId": 3,
      "eventType": 40,
      "notifyMs": 1704067205123,
      "sid": "38f8e3cfdc474cd56fc1ceba380d7e1a",
      "payload": {
        "cname": "class32",
        "uid": "527841",
        "sid": "38f8e3cfdc474cd56fc1ceba380d7e1a",
        "sequence": 1,
        "sendts": 1704067205011,
        "serviceType": 1,
        "details": {
          "msgName": "recorder_started",
          "status": 0
        }
      }
    }\
    """;
  }
}
