package io.reelkeeper.bench;

import io.reelkeeper.bench.ground.Ground;

/// One thing that is measured; it stands alone, so that it can be chosen.
interface Phase {

  /// Adds its lines to the table.
  void measure(Ground ground) throws Exception;
}
