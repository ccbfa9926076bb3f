"""Every event topic of the standard, with what its messages carry."""

from vedette.contract.topics.analytics import ANALYTICS
from vedette.contract.topics.device import DEVICE
from vedette.contract.topics.media import MEDIA
from vedette.contract.topics.recording import RECORDING
from vedette.contract.topics.topic import Item, Topic, topic_set

TOPICS: dict[str, Topic] = {each.path: each for each in (*DEVICE, *MEDIA, *ANALYTICS, *RECORDING)}
"""Every topic by its path (`tns1:VideoSource/MotionAlarm`)."""

__all__ = ["TOPICS", "Item", "Topic", "topic_set"]
