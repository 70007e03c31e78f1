package io.secateur.fetch;

import java.nio.file.Path;

/**
 * A data set that is in place.
 *
 * @param path the folder that holds its files
 * @param received bytes that came over the network; 0 if all was there already
 */
public record Download(Path path, long received) {}
