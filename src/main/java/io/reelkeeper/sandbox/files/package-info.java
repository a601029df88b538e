/// What a recorder leaves in a bucket: names, playlists, slices, and the bucket itself.
@NullMarked
package io.reelkeeper.sandbox.files;

import org.jspecify.annotations.NullMarked;
