"""The kinds of references in a record. Each knows what it refers to, so that all are checked alike."""

from __future__ import annotations

from typing import ClassVar

from .base import Ref


class IssueRef(Ref):
    __slots__ = ()
    to: ClassVar[str] = "issue"


class PatternRef(Ref):
    __slots__ = ()
    to: ClassVar[str] = "pattern"


class ComponentRef(Ref):
    __slots__ = ()
    to: ClassVar[str] = "component"


class EnvironmentRef(Ref):
    __slots__ = ()
    to: ClassVar[str] = "environment"


class CategoryRef(Ref):
    __slots__ = ()
    to: ClassVar[str] = "test category"


class FileCategoryRef(Ref):
    __slots__ = ()
    to: ClassVar[str] = "file category"


class SegmentRef(Ref):
    __slots__ = ()
    to: ClassVar[str] = "segment"


class StreamRef(Ref):
    __slots__ = ()
    to: ClassVar[str] = "revenue stream"


class RepositoryRef(Ref):
    __slots__ = ()
    to: ClassVar[str] = "repository"


class PersonRef(Ref):
    __slots__ = ()
    to: ClassVar[str] = "person"


class SuiteRef(Ref):
    __slots__ = ()
    to: ClassVar[str] = "suite"


class PhaseRef(Ref):
    __slots__ = ()
    to: ClassVar[str] = "phase"


class HorizonRef(Ref):
    __slots__ = ()
    to: ClassVar[str] = "horizon"


class CriterionRef(Ref):
    __slots__ = ()
    to: ClassVar[str] = "criterion"


class OptionRef(Ref):
    __slots__ = ()
    to: ClassVar[str] = "option"


class EvidenceRef(Ref):
    __slots__ = ()
    to: ClassVar[str] = "evidence"
