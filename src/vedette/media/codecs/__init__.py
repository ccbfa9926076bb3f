"""Codecs, one whole codec a file."""

from vedette.media.codecs.list import CODECS, codec_in_sample_entry, codec_in_sdp, codec_named

__all__ = ["CODECS", "codec_in_sample_entry", "codec_in_sdp", "codec_named"]
