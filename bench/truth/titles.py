"""Titles of invented programmes: enough of them that two of one organisation are rarely the same."""

from __future__ import annotations

import numpy as np

TOPICS = (
    "Accessible Web Design", "Air Quality", "Animal Welfare", "Applied Statistics", "Battery Technology", "Bioethics",
    "Bookkeeping", "Circular Packaging", "Climate Law", "Clinical Trials", "Cloud Security", "Coastal Engineering",
    "Community Interpreting", "Conflict Mediation", "Crop Protection", "Cultural Heritage", "Customs Procedure",
    "Data Journalism", "Dementia Care", "Digital Forensics", "Drone Surveying", "Early Childhood", "Energy Storage",
    "Event Planning", "Family Therapy", "Fashion Sourcing", "Food Safety", "Forest Ecology", "Game Writing",
    "Geographic Information", "Grant Writing", "Green Finance", "Heat Pumps", "Hospital Logistics", "Human Rights",
    "Industrial Robotics", "Infection Control", "Instructional Video", "Inventory Control", "Labour Law",
    "Landscape Planning", "Lean Laboratories", "Machine Vision", "Maritime Safety", "Medical Coding", "Museum Learning",
    "Music Therapy", "Network Operations", "Nutrition Counselling", "Occupational Hygiene", "Open Government",
    "Palliative Nursing", "Patent Searching", "Peer Tutoring", "Pharmacy Practice", "Process Mining", "Project Finance",
    "Public Tendering", "Quantum Optics", "Rail Signalling", "Remote Sensing", "Risk Modelling", "School Leadership",
    "Sign Language", "Smart Grids", "Social Housing", "Soil Science", "Sports Coaching", "Supply Chains",
    "Sustainable Tourism", "Tax Advice", "Technical Translation", "Textile Recycling", "Timber Construction",
    "Urban Mobility", "User Research", "Vaccine Production", "Water Treatment", "Wind Turbines", "Youth Work",
)  # fmt: skip
SETTINGS = (
    "Rural Clinics", "Small Enterprises", "Public Libraries", "Island Communities", "Secondary Schools",
    "Port Authorities", "Care Homes", "Start-ups", "City Councils", "Family Farms", "Film Crews", "Insurance Firms",
    "Refugee Camps", "Regional Airports", "Charities", "Data Centres", "Hotels", "Nature Reserves", "Prisons",
    "Repair Shops", "Sports Clubs", "Theatres", "Trade Unions", "Universities", "Vineyards", "Workshops", "Archives",
    "Breweries", "Call Centres", "Dairies", "Embassies", "Foundries", "Garden Centres", "Harbours", "Kitchens",
)  # fmt: skip
DOINGS = (
    "Adapting", "Assessing", "Auditing", "Budgeting", "Building", "Certifying", "Comparing", "Coordinating", "Costing",
    "Debating", "Delivering", "Designing", "Documenting", "Evaluating", "Explaining", "Funding", "Governing",
    "Improving", "Inspecting", "Introducing", "Investigating", "Maintaining", "Mapping", "Measuring", "Monitoring",
    "Negotiating", "Organising", "Planning", "Presenting", "Procuring", "Promoting", "Questioning", "Reporting",
    "Researching", "Scheduling", "Simplifying", "Staffing", "Supervising", "Teaching", "Testing",
)  # fmt: skip
STEMS = ("{} {} for {}", "{} {} in {}", "{} {} with {}")
SUBTITLES = ("a short course", "from theory to practice", "what works and why", "a practical guide")


def title(rng: np.random.Generator) -> str:
    """Draw a title."""
    stem = STEMS[int(rng.integers(len(STEMS)))]
    return stem.format(
        DOINGS[int(rng.integers(len(DOINGS)))],
        TOPICS[int(rng.integers(len(TOPICS)))],
        SETTINGS[int(rng.integers(len(SETTINGS)))],
    )


def as_passed_on(printed: str, rng: np.random.Generator) -> str:
    """Return a title as another catalogue prints it: mostly the same, now and then with a subtitle or in capitals."""
    chance = rng.random()
    if chance < 0.88:
        return printed
    return f"{printed}: {SUBTITLES[int(rng.integers(len(SUBTITLES)))]}" if chance < 0.96 else printed.upper()
