package io.reelkeeper.session.limits;

import java.util.List;
import java.util.Locale;

/// How large a recorded page is: Agora limits the recorders of each class by themselves.
public enum PageSize {
  SD(640 * 360, "up to 640x360"),
  HD(1280 * 720, "up to 1280x720"),
  FHD(1920 * 1080, "above 1280x720");

  private final long mostPixels;
  private final String range;

  PageSize(long mostPixels, String range) {
    this.mostPixels = mostPixels;
    this.range = range;
  }

  /// A page upright is as large as the same page lying.
  static PageSize of(long width, long height) {
    return List.of(values()).stream()
        .filter(size -> width * height <= size.mostPixels)
        .findFirst()
        .orElse(FHD);
  }

  /// As the settings and metrics call it.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// For people, such as `HD (up to 1280x720)`.
  String told() {
    return name() + " (" + range + ")";
  }
}
