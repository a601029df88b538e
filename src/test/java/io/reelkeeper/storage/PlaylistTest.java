package io.reelkeeper.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlaylistTest {

  private static final String AGORAS =
      """
      #EXTM3U
      #EXT-X-VERSION:3
      #EXT-X-MEDIA-SEQUENCE:0
      #EXT-X-ALLOW-CACHE:YES
      #EXT-X-TARGETDURATION:16
      #EXT-X-AGORA-TRACK-EVENT:EVENT=START,TRACK_TYPE=AUDIO,TIME=1704067206000
      #EXT-X-AGORA-TRACK-EVENT:EVENT=START,TRACK_TYPE=VIDEO,TIME=1704067206000
      #EXT-X-AGORA-ROTATE:WIDTH=640,HEIGHT=360,ROTATE=0,TIME=1704067206000
      #EXTINF:15.019000
      s_c_20240101000006000.ts
      #EXTINF:14.981000,
      s_c_20240101000021019.ts
      #EXT-X-DISCONTINUITY
      #EXTINF:3.5
      s_c_20240101000101000.webm
      #EXT-X-ENDLIST
      """;

  private final List<Playlist.Slice> slices = new ArrayList<>();

  private Playlist.Summary read(String text) {
    return read(text.getBytes(UTF_8));
  }

  private Playlist.Summary read(byte[] bytes) {
    slices.clear();
    try {
      return Playlist.read(new ByteArrayInputStream(bytes), slices::add);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void agorasPlaylistIsReadAsItIs(String lineEnd) {
    Playlist.Summary summary = read(AGORAS.replace("\n", lineEnd));

    assertThat(summary).isEqualTo(new Playlist.Summary(true, true, 3, summary.seconds(), 0, 0));
    assertThat(summary.seconds()).isCloseTo(33.5, within(1e-9));
    assertThat(slices)
        .containsExactly(
            new Playlist.Slice(
                "s_c_20240101000006000.ts", 15.019, ms("2024-01-01T00:00:06Z"), false),
            new Playlist.Slice(
                "s_c_20240101000021019.ts", 14.981, ms("2024-01-01T00:00:21.019Z"), false),
            new Playlist.Slice(
                "s_c_20240101000101000.webm", 3.5, ms("2024-01-01T00:01:01Z"), true));
  }

  @Test
  void withoutAnEndMarkMoreMayFollow() {
    assertThat(read(AGORAS.replace("#EXT-X-ENDLIST\n", "")).ended()).isFalse();
  }

  @Test
  void aStartThatTheNameDoesNotTellIsTakenFromTheTag() {
    read("#EXT-X-AGORA-TRACK-EVENT:EVENT=START,TIME=1704067206000\n#EXTINF:5\na.ts\nb.ts\n");

    assertThat(slices).extracting(Playlist.Slice::startMs).containsExactly(1704067206000L, -1L);
    assertThat(slices).extracting(Playlist.Slice::seconds).containsExactly(5.0, 0.0);
  }

  @ParameterizedTest
  @CsvSource({
    "#EXTINF:NaN, 1",
    "#EXTINF:-5, 1",
    "#EXTINF:1e300, 1",
    "#EXTINF:Infinity, 1",
    "#EXTINF:, 1",
    "#EXTINF, 0",
    "#EXTINF:fünf, 1"
  })
  void aSenselessDurationIsNone(String line, int strange) {
    Playlist.Summary summary = read("#EXTM3U\n" + line + "\na.ts\n");

    assertThat(summary.seconds()).isZero();
    assertThat(summary.strange()).isEqualTo(strange);
    assertThat(summary.slices()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example/a.ts",
        "../other/a.ts",
        "/a.ts",
        "a.exe",
        "<html>",
        "file:///etc/passwd.ts",
        "a/../../b.ts",
        "./a.ts",
        "a\u0001.ts"
      })
  void whatLiesElsewhereIsNoSlice(String name) {
    Playlist.Summary summary = read("#EXTM3U\n#EXTINF:5\n" + name + "\n");

    assertThat(slices).isEmpty();
    assertThat(summary.strange()).isEqualTo(1);
    assertThat(summary.foreign()).isEqualTo(1);
    assertThat(summary.seconds()).isZero();
  }

  @Test
  void twoDotsMayStandInTheNameOfAChannel() {
    assertThat(read("#EXTM3U\n#EXTINF:5\ns_a..b_20240101000006000.ts\n").slices()).isEqualTo(1);
  }

  @Test
  void aNameThatIsLongerThanAnyKeyIsNoSlice() {
    Playlist.Summary summary = read("#EXTM3U\n#EXTINF:5\n" + "ä".repeat(600) + ".ts\n");

    assertThat(slices).isEmpty();
    assertThat(summary.foreign()).isEqualTo(1);
  }

  @Test
  void aLineWithoutEndCostsNoMemory() {
    byte[] long_ = new byte[4 << 20];
    java.util.Arrays.fill(long_, (byte) 'x');

    assertThat(read(long_).strange()).isEqualTo(1);
  }

  @Test
  void noGarbageBreaksTheReader() {
    var random = new Random(7);
    for (int i = 0; i < 300; i++) {
      byte[] garbage = new byte[random.nextInt(3000)];
      random.nextBytes(garbage);
      assertThat(read(garbage).header()).isFalse();
      byte[] damaged = AGORAS.getBytes(UTF_8);
      for (int j = 0; j < 20; j++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      assertThat(read(damaged).slices()).isLessThan(60);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.ts", "a_2024.ts", "a_99999999999999999.ts", "a_20240101000006000"})
  void aNameThatTellsNoTimeTellsNone(String name) {
    assertThat(Playlist.startOf(name)).isNull();
  }

  private static long ms(String instant) {
    return Instant.parse(instant).toEpochMilli();
  }
}
