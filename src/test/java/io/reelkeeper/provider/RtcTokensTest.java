package io.reelkeeper.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.TestClock;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.InflaterInputStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// AccessToken2 against a vector of Agora's own repository, and against a decoder of our own.
final class RtcTokensTest {

  /// AgoraIO/Tools, AccessToken2Test.build_ServiceRtc: issued 1111111, salt 1, 600 s, join only.
  private static final String PUBLISHED =
      "007eJxTYBBbsMMnKq7p9Hf/HcIX5kce9b518kCiQgSr5Zrp4X1Tu6UUGCzNDZwdjU1TUs0Mkk1MzExMk5ISUy0SjQxND"
          + "cwMk4yN3b8IMEQwMTAwMoAwBIL4CgzmKeZGxmamqUmWFsYmFqbGluapxqnGaZYpJmYGSSkpiVwMRhYWRsYmhkbmx"
          + "gDCaiTj";

  @Test
  void theTokenIsTheOneThatAgoraPublishes() throws IOException {
    String token =
        RtcTokens.build(
            "970CA35de60c44645bbae8a215061b33",
            "5CFd2fd1755d40ecb72977518be15d3b",
            "7d72365eb983485397e3e3f9d460bdda",
            "2882341273",
            1_111_111,
            1,
            600,
            1);

    assertThat(token).startsWith("007");
    // deflate may pack differently from machine to machine; what is packed may not
    assertThat(inflated(token)).isEqualTo(inflated(PUBLISHED));
  }

  @Test
  void whatATokenSaysIsRead() {
    assertThat(RtcTokens.read(PUBLISHED))
        .contains(
            new RtcTokens.Said(
                "970CA35de60c44645bbae8a215061b33",
                "7d72365eb983485397e3e3f9d460bdda",
                "2882341273",
                Instant.ofEpochSecond(1_111_711)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "007", "006eJx", "007eJx", "007AAAA", "007not base64"})
  void whatIsNoTokenSaysNothing(String token) {
    assertThat(RtcTokens.read(token)).isEmpty();
  }

  /// Made by the package agora-token 2.0.6 from the same figures, with salt 12345.
  private static final String OF_THE_PACKAGE =
      "007eJxTYMireV937S3P40uXJCSucjmcmbW4e9blaEOZOW8KjDK9I5oVGCzNDZITjU1TUs0Mkk1MzExMk"
          + "5ISUy0SjQxNDcwMk4yNGXaGZjYEMjJYGjAwMDIwMrAwMDKA+ExgkhlMsoBJDobcxJIMXUMDQy4GEwMIM"
          + "DQHAH+1I48=";

  @Test
  void theTokenIsTheOneThatTheOfficialPackageMakes() throws IOException {
    String token =
        RtcTokens.build(
            "970ca35de60c44645bbae8a215061b33",
            "5cfd2fd1755d40ecb72977518be15d3b",
            "math-101",
            "4000000017",
            1_767_225_600,
            12_345,
            86_400,
            1,
            2,
            3,
            4);

    assertThat(inflated(token)).isEqualTo(inflated(OF_THE_PACKAGE));
  }

  @Test
  void aRecorderGetsATokenForItsChannelAndUidForADayThatTheCertificateSigned() throws Exception {
    var clock = TestClock.at("2026-03-01T10:00:00Z");
    var tokens = new RtcTokens(apps(Bench.CERTIFICATE), clock, new Random(7));

    String token = tokens.mint("classroom", "math 101 ü", "4294967295").orElseThrow();

    var in = ByteBuffer.wrap(inflated(token)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] signature = string(in);
    byte[] signed = Arrays.copyOfRange(in.array(), in.position(), in.capacity());
    assertThat(text(in)).isEqualTo(Bench.APP_ID);
    int issued = in.getInt();
    assertThat(issued).isEqualTo((int) clock.instant().getEpochSecond());
    assertThat(in.getInt()).isEqualTo(86_400);
    int salt = in.getInt();
    assertThat(salt).isBetween(1, 99_999_999);
    assertThat(in.getShort()).as("services").isEqualTo((short) 1);
    assertThat(in.getShort()).as("the RTC service").isEqualTo((short) 1);
    var privileges = new TreeMap<Integer, Integer>();
    for (int left = in.getShort(); left > 0; left--) {
      privileges.put((int) in.getShort(), in.getInt());
    }
    assertThat(privileges).isEqualTo(Map.of(1, 86_400, 2, 86_400, 3, 86_400, 4, 86_400));
    assertThat(text(in)).isEqualTo("math 101 ü");
    assertThat(text(in)).isEqualTo("4294967295");
    assertThat(in.hasRemaining()).isFalse();

    byte[] key =
        hmac(
            number(salt),
            hmac(number(issued), Bench.CERTIFICATE.getBytes(StandardCharsets.US_ASCII)));
    assertThat(signature).isEqualTo(hmac(key, signed));
  }

  @Test
  void withoutACertificateThereIsNoToken() {
    var tokens = new RtcTokens(apps(null), TestClock.at("2026-03-01T10:00:00Z"), new Random(7));
    assertThat(tokens.mint("classroom", "math-101", "1")).isEmpty();
  }

  private static AgoraApps apps(@org.jspecify.annotations.Nullable String certificate) {
    var app = new AgoraApps.App(Bench.APP_ID, "k", "s", certificate, null);
    return new AgoraApps(Map.of("classroom", app), null);
  }

  private static byte[] inflated(String token) throws IOException {
    byte[] packed = Base64.getDecoder().decode(token.substring(3));
    try (var zlib = new InflaterInputStream(new ByteArrayInputStream(packed))) {
      return zlib.readAllBytes();
    }
  }

  private static byte[] string(ByteBuffer in) {
    byte[] bytes = new byte[in.getShort()];
    in.get(bytes);
    return bytes;
  }

  private static String text(ByteBuffer in) {
    return new String(string(in), StandardCharsets.UTF_8);
  }

  private static byte[] number(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  private static byte[] hmac(byte[] key, byte[] message) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(message);
  }
}
