package io.reelkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.Garbled;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Whatever lies in a bucket as a playlist is read to its end and believed only as far as it goes.
class GarbledPlaylistsTest {

  @Provide
  Arbitrary<byte[]> playlists() {
    return Garbled.of(
        """
        #EXTM3U
        #EXT-X-VERSION:3
        #EXT-X-TARGETDURATION:16
        #EXT-X-AGORA-TRACK-EVENT:EVENT=START,TRACK_TYPE=AUDIO,TIME=1704067206000
        #EXTINF:15.008000
        sid_math-101_20240101000006000.ts
        #EXT-X-DISCONTINUITY
        #EXTINF:3.5,
        sid_math-101_20240101000021008.ts
        #EXT-X-ENDLIST
        """,
        "#EXTM3U\r\n#EXTINF:1,\r\na__uid_s_7__uid_e_av.webm\r\n");
  }

  @Property
  void areReadToTheirEnd(@ForAll("playlists") byte[] content) throws IOException {
    List<Playlist.Slice> slices = new ArrayList<>();

    Playlist.Summary summary = Playlist.read(new ByteArrayInputStream(content), slices::add);

    assertThat(summary.slices()).isEqualTo(slices.size());
    assertThat(summary.seconds()).isBetween(0.0, 86_400.0 * slices.size());
    assertThat(summary.foreign()).isBetween(0, summary.strange());
    for (Playlist.Slice slice : slices) {
      assertThat(slice.name()).doesNotStartWith("/").doesNotContain("://", "\n", "\0");
      assertThat(List.of(slice.name().split("/", -1))).doesNotContain("..");
      assertThat(slice.startMs()).isGreaterThanOrEqualTo(-62_167_219_200_000L); // the year 0
    }
  }
}
